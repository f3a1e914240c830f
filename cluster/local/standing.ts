import { z } from 'zod';
import type { Settings } from '../../record/settings.ts';
import { UnknownName } from '../../services/shared/lab-errors.ts';
import { until } from '../../services/shared/until.ts';
import { drainMsFor } from '../environment.ts';
import { killExactly, signal as send } from '../kill.ts';
import { identityOf, isAlive } from '../process-identity.ts';
import { startReaper } from '../reaper.ts';
import { describe, type StandingControls, standingCluster } from '../standing/standing-cluster.ts';
import type { LocalCluster } from './local-cluster.ts';
import { LOG_ROTATION } from './log-rotation/rotate-logs.ts';
import { servesAsProcess } from './own-server.ts';
import { type MemberSpec, ProcessMember } from './process-member.ts';

const STOP_WITHIN_MS = 3000;

/** A process with what starts it again. `startedAt` and `boot` tell it from a later process with the same pid. */
export const standingProcess = z.object({
  name: z.string(),
  pid: z.int().positive(),
  startedAt: z.string().optional(),
  boot: z.string().optional(),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  logPath: z.string(),
  workers: z.boolean().optional(),
});

export type StandingProcess = z.infer<typeof standingProcess>;

export const localStanding = standingCluster.extend({
  runtime: z.literal('local'),
  processes: z.array(standingProcess),
});

export type LocalStanding = z.infer<typeof localStanding>;

export const describeProcesses = (cluster: LocalCluster, settings: Settings): LocalStanding => ({
  runtime: 'local',
  ...describe(cluster, settings),
  processes: cluster.processes.flatMap(({ spec, pid }) => (pid === undefined ? [] : [standing(spec, pid)])),
});

/** Describes a process by what finds it again and starts it again. */
export const standing = (
  { name, command, args, env, logPath, workers }: Omit<MemberSpec, 'ready'>,
  pid: number,
): StandingProcess => ({
  name,
  pid,
  ...identityOf(pid),
  command,
  args: [...args],
  env: { ...env },
  logPath,
  ...(workers && { workers }),
});

/**
 * Controls the processes of a standing cluster. Before each verb it reads the description again by `load`, since another
 * lab may have restarted a process. After each process that it starts, it calls `save`.
 */
export function controlProcesses(
  described: LocalStanding,
  load: () => LocalStanding,
  save: (changed: LocalStanding) => Promise<unknown>,
): StandingControls {
  const processOf = (member: string): StandingProcess => {
    const { processes } = load();
    const found = processes.find(({ name }) => name === member);
    if (!found)
      throw new UnknownName(`no process ${member}: ${processes.map(({ name }) => name).join(', ')}`);
    return found;
  };
  const tell = async (member: string, name: NodeJS.Signals) => {
    const process = processOf(member);
    if (runs(process)) send(process.pid, name);
  };
  return {
    async alive() {
      return new Set(
        load()
          .processes.filter(runs)
          .map(({ name }) => name),
      );
    },

    async revive(signal, only) {
      const wanted = load().processes.filter(({ name }) => only?.has(name) !== false);
      const alive = wanted.filter(runs);
      for (const { pid } of alive) send(pid, 'SIGCONT');
      const started: string[] = [];
      // Whatever is started belongs to the reaper until it is described.
      const reaper = startReaper();
      try {
        for (const dead of wanted) {
          if (alive.includes(dead)) continue;
          if (dead.workers) killAll(dead);
          const member = new ProcessMember(specOf(dead, readinessOf(dead.name, described)), reaper);
          await member.start(signal);
          started.push(dead.name);
          await save(withProcess(load(), standing(dead, member.pid ?? 0)));
          await reaper.release();
        }
      } finally {
        reaper.dismiss();
      }
      return started;
    },

    async kill(member) {
      await endBy(processOf(member), 'SIGKILL');
    },

    pause: (member) => tell(member, 'SIGSTOP'),
    resume: (member) => tell(member, 'SIGCONT'),

    async stop(member, signal) {
      await tell(member, 'SIGCONT');
      await endBy(processOf(member), 'SIGTERM', drainMsFor(described.settings), signal);
    },

    end: (signal) => endProcesses(load().processes, signal),

    logs: [
      ...(['tail', '-n', '20', '-F'] as const),
      ...described.processes.filter(({ name }) => name !== LOG_ROTATION).map(({ logPath }) => logPath),
    ],
  };
}

/** Replaces a process in the description, and its pid wherever that is given. */
function withProcess(described: LocalStanding, process: StandingProcess): LocalStanding {
  const { replicas, refreshers, proxies, processes } = described;
  const { name, pid } = process;
  const renew = (members: typeof replicas) =>
    members.map((one) => (one.name === name && one.pid !== undefined ? { ...one, pid } : one));
  return {
    ...described,
    ...{ replicas: renew(replicas), refreshers: renew(refreshers), proxies: renew(proxies) },
    processes: processes.map((one) => (one.name === name ? process : one)),
  };
}

/** Ends a process by a signal, and kills it if it does not end in time or the signal aborts. Resolves when it is gone. */
async function endBy(
  process: StandingProcess,
  name: 'SIGKILL' | 'SIGTERM',
  drainMs = 0,
  signal?: AbortSignal,
): Promise<void> {
  if (name === 'SIGKILL') killAll(process);
  else if (runs(process)) send(process.pid, name);
  const gone = () => !runs(process);
  const what = `the end of ${process.name}`;
  await until(what, gone, { withinMs: drainMs + STOP_WITHIN_MS, everyMs: 10, signal }).catch(() =>
    killAll(process),
  );
  await until(what, gone, { withinMs: STOP_WITHIN_MS, everyMs: 10 });
}

/** Ends the processes, and says how many. When the signal aborts, it stops waiting for anybody and kills. */
export async function endProcesses(
  processes: readonly StandingProcess[],
  signal: AbortSignal,
): Promise<string> {
  const alive = processes.filter(runs);
  for (const { pid } of alive) send(pid, 'SIGCONT');
  for (const { pid } of alive) send(pid, 'SIGINT');
  const ended = () => !alive.some(runs);
  const patience = { withinMs: STOP_WITHIN_MS, everyMs: 50, signal };
  await until('the end of the processes', ended, patience).catch(() => {});
  for (const stubborn of alive.filter(runs)) killAll(stubborn);
  for (const dead of processes) if (dead.workers) killAll(dead);
  return `${alive.length} processes`;
}

export const runs = ({ pid, startedAt, boot }: StandingProcess): boolean =>
  isAlive({ pid, ...(startedAt !== undefined && { startedAt }), ...(boot !== undefined && { boot }) });

/** Kills the process, with its workers if it has any. */
const killAll = ({ pid, startedAt, boot, workers }: StandingProcess): void =>
  killExactly({
    pid,
    ...(startedAt !== undefined && { startedAt }),
    ...(boot !== undefined && { boot }),
    ...(workers && { group: true }),
  });

const specOf = (
  { name, command, args, env, logPath, workers }: StandingProcess,
  ready: MemberSpec['ready'],
): MemberSpec => ({ name, command, args, env, logPath, ready, ...(workers && { workers }) });

/** Gives what tells whether a member serves at its old address. What has none serves nobody. */
function readinessOf(name: string, cluster: LocalStanding): MemberSpec['ready'] {
  const { proxies, replicas, refreshers, origin, redisServers, lockServers } = cluster;
  const members = [
    ...[...proxies, ...replicas, ...refreshers],
    { name: 'origin', ...origin },
    ...[...redisServers, ...lockServers],
  ];
  const url = members.find((member) => member.name === name)?.url;
  return url === undefined ? async () => true : servesAsProcess(url, Number(new URL(url).port));
}
