import { execFileSync } from 'node:child_process';
import { until } from '../../services/shared/until.ts';
import { noGuard } from '../guard.ts';
import { serves } from '../serves.ts';
import type { StandingCluster, StandingControls } from '../standing-cluster.ts';
import type { LocalCluster } from './local-cluster.ts';
import { kill, type MemberSpec, ProcessMember } from './process-member.ts';

const STOP_WITHIN_MS = 3000;

export interface LocalStanding extends StandingCluster {
  readonly runtime: 'local';
  readonly processes: readonly StandingProcess[];
}

/** A process with what starts it again. `startedAt` tells it from a later process with the same pid. */
interface StandingProcess extends Omit<MemberSpec, 'ready'> {
  readonly pid: number;
  readonly startedAt: string;
}

export function describeProcesses(cluster: LocalCluster, strategy: string): LocalStanding {
  const { replicas, refreshers, proxies, origin, redis, lockServers, files } = cluster;
  const processes = cluster.processes.flatMap(({ spec, pid }) =>
    pid === undefined ? [] : [standing(spec, pid)],
  );
  const there = { strategy, replicas, refreshers, proxies, origin, redis, lockServers };
  return { runtime: 'local', ...there, logs: files.logs, processes };
}

const standing = (
  { name, command, args, env, logPath, workers }: MemberSpec,
  pid: number,
): StandingProcess => ({
  name,
  pid,
  startedAt: startOf(pid) ?? '',
  command,
  args,
  env,
  logPath,
  ...(workers && { workers }),
});

/** Controls the processes of a standing cluster. Calls `save` after each process that it starts again. */
export function controlProcesses(
  described: LocalStanding,
  save: (changed: LocalStanding) => Promise<unknown>,
): StandingControls {
  const { replicas, refreshers, proxies, origin, redis, lockServers } = described;
  const urls = new Map(
    [...proxies, ...replicas, ...refreshers, { name: 'origin', ...origin }, redis, ...lockServers].map(
      ({ name, url }) => [name, url],
    ),
  );
  return {
    async alive() {
      return new Set(described.processes.filter(isAlive).map(({ name }) => name));
    },

    async revive(signal) {
      const alive = described.processes.filter(isAlive);
      for (const { pid } of alive) process.kill(pid, 'SIGCONT');
      const started: string[] = [];
      const processes = [...described.processes];
      for (const [index, dead] of described.processes.entries()) {
        if (alive.includes(dead)) continue;
        if (dead.workers) kill(dead);
        const ready = () => serves(urls.get(dead.name) ?? '');
        const member = new ProcessMember({ ...dead, ready }, noGuard);
        await member.start(signal).catch(async (error) => {
          await member.kill();
          throw error;
        });
        started.push(dead.name);
        processes[index] = standing(member.spec, member.pid ?? 0);
        await save({ ...described, processes });
      }
      return started;
    },

    async end() {
      const alive = described.processes.filter(isAlive);
      for (const { pid } of alive) process.kill(pid, 'SIGCONT');
      for (const { pid } of alive) process.kill(pid, 'SIGINT');
      const ended = () => !alive.some(isAlive);
      await until('the end of the processes', ended, { withinMs: STOP_WITHIN_MS, everyMs: 50 }).catch(
        () => {},
      );
      for (const stubborn of alive.filter(isAlive)) kill(stubborn);
      for (const dead of described.processes) if (dead.workers) kill(dead);
      return `${alive.length} processes`;
    },

    logs: ['tail', '-n', '20', '-F', ...described.processes.map(({ logPath }) => logPath)],
  };
}

const isAlive = ({ pid, startedAt }: StandingProcess): boolean => startOf(pid) === startedAt;

/** Gives when the process with this pid started, in the system's words; undefined when there is none. */
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
