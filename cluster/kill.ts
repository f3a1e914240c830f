import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** A process to kill; with `group`, also what is left of the process group that it leads or led. */
export interface Killable extends ProcessIdentity {
  readonly group?: boolean;
}

/**
 * Kills exactly this process, or its group. Does nothing when it has ended and another process has its pid, or when the
 * machine was started again since.
 */
export function killExactly(target: Killable): void {
  if (target.group ? mayLead(target) : isAlive(target))
    signal(target.group ? -target.pid : target.pid, 'SIGKILL');
}

/** Sends a signal to a process, or to a group by its negative number. Does nothing when there is none. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The leader may be dead while its group lives. No new process gets its pid until the group has ended. */
function mayLead(leader: ProcessIdentity): boolean {
  const sameBoot = identityOf(process.pid)?.boot === leader.boot;
  return sameBoot && (identityOf(leader.pid) === undefined || isAlive(leader));
}
