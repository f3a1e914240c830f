import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RedisServer, Replica } from './cluster.ts';
import type { LocalCluster } from './local.ts';
import { type MemberSpec, ProcessMember } from './member.ts';
import { noGuard } from './reaper.ts';
import { serves } from './serves.ts';

/** Where the cluster that `make up` keeps running is described. */
export const STANDING = '.lab/cluster.json';

/** `.lab/cluster.json`: enough for anyone to point their own load at it. */
export interface Standing {
  readonly runtime: 'local';
  readonly strategy: string;
  readonly replicas: readonly Replica[];
  readonly origin: { readonly url: string };
  readonly redis: RedisServer;
  readonly lockServers: readonly RedisServer[];
  readonly processes: readonly StandingProcess[];
}

/** A process: since when, as a pid alone may be somebody else's by now; and how it was started, to start it again. */
export interface StandingProcess extends Omit<MemberSpec, 'ready'> {
  readonly pid: number;
  readonly startedAt: string;
}

export async function remember(cluster: LocalCluster, strategy: string): Promise<Standing> {
  const { runtime, replicas, origin, redis, lockServers } = cluster;
  const processes = cluster.members.flatMap(({ spec, pid }) =>
    pid === undefined ? [] : [standing(spec, pid)],
  );
  return keep({ runtime, strategy, replicas, origin, redis, lockServers, processes });
}

const standing = ({ name, command, args, env, logPath }: MemberSpec, pid: number): StandingProcess => ({
  name,
  pid,
  startedAt: startOf(pid) ?? '',
  command,
  args,
  env,
  logPath,
});

async function keep(described: Standing): Promise<Standing> {
  await mkdir(dirname(STANDING), { recursive: true });
  await writeFile(STANDING, `${JSON.stringify(described, null, 2)}\n`);
  return described;
}

/**
 * Makes a standing cluster whole: what is paused goes on, what is dead is started again at its old address, the origin
 * behaves. Gives the names of what was started. Safe to call again, and on a cluster that is well.
 */
export async function healStanding(described: Standing, signal: AbortSignal): Promise<string[]> {
  const alive = described.processes.filter(isAlive);
  for (const { pid } of alive) process.kill(pid, 'SIGCONT');
  const urls = new Map(
    [
      ...described.replicas,
      { name: 'origin', ...described.origin },
      described.redis,
      ...described.lockServers,
    ].map(({ name, url }) => [name, url]),
  );
  const started: string[] = [];
  const processes: StandingProcess[] = [];
  for (const process of described.processes) {
    if (alive.includes(process)) {
      processes.push(process);
      continue;
    }
    const member = new ProcessMember(
      { ...process, ready: () => serves(urls.get(process.name) ?? '') },
      noGuard,
    );
    await member.start(signal);
    started.push(process.name);
    processes.push(standing(member.spec, member.pid ?? 0));
    await keep({ ...described, processes: [...processes, ...described.processes.slice(processes.length)] });
  }
  const answer = await fetch(`${described.origin.url}/behaviour`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errorRate: 0, slowShare: 0 }),
  });
  if (!answer.ok) throw new Error(`the origin refused to behave: ${await answer.text()}`);
  return started;
}

export const recall = (): Standing | undefined =>
  existsSync(STANDING) ? (JSON.parse(readFileSync(STANDING, 'utf8')) as Standing) : undefined;

export const forget = () => rm(STANDING, { force: true });

export const isAlive = ({ pid, startedAt }: StandingProcess): boolean => startOf(pid) === startedAt;

/** When the process with this pid started, as the system says it; undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    const [stat = '', started = ''] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+(.*)/s);
    return stat.startsWith('Z') ? undefined : started;
  } catch {
    return undefined;
  }
}
