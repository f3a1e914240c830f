import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Tells a process from every other that has, had or will have the same pid. May be written to a file as JSON. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's words. Absent if the system does not tell. */
  readonly startedAt?: string;
  /** The boot of the machine that `startedAt` counts from. Absent if `startedAt` needs none. */
  readonly boot?: string;
}

/**
 * Gives the identity of the process that has this pid now; undefined if there is none, or only a zombie. Throws if the
 * system cannot tell, as when there are too many open files.
 */
export const identityOf = (pid: number): ProcessIdentity | undefined =>
  existsSync('/proc/self/stat') ? identityByProc(pid) : identityByPs(pid);

/** Tells whether exactly this process still runs. A zombie does not. One that cannot be looked at counts as alive. */
export function isAlive({ pid, startedAt, boot }: ProcessIdentity): boolean {
  try {
    const now = identityOf(pid);
    if (now === undefined) return isHidden(pid);
    return now.startedAt === startedAt && now.boot === boot;
  } catch {
    return true;
  }
}

/** Tells whether the process belongs to another user, whose processes the system does not show. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function identityByProc(pid: number): ProcessIdentity | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses, and may contain both blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startedAt === undefined) return undefined;
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim();
  return { pid, startedAt, ...(boot !== undefined && { boot }) };
}

function identityByPs(pid: number): ProcessIdentity | undefined {
  try {
    const said = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state = '', startedAt = ''] = said.trim().split(/\s+(.*)/s);
    return state === '' || state.startsWith('Z') ? undefined : { pid, startedAt };
  } catch (error) {
    const { code, status } = error as NodeJS.ErrnoException & { readonly status?: number | null };
    // ps ends with 1 where there is no such process.
    if (status === 1) return undefined;
    if (code !== 'ENOENT') throw error;
    return hasPid(pid) ? { pid } : undefined;
  }
}

function hasPid(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
