import { z } from 'zod';
import { until } from '../../services/shared/until.ts';
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
const standingProcess = z.object({
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

type StandingProcess = z.infer<typeof standingProcess>;

export const localStanding = standingCluster.extend({
  runtime: z.literal('local'),
  processes: z.array(standingProcess),
});

export type LocalStanding = z.infer<typeof localStanding>;

export const describeProcesses = (cluster: LocalCluster, strategy: string): LocalStanding => ({
  runtime: 'local',
  ...describe(cluster, strategy),
  processes: cluster.processes.flatMap(({ spec, pid }) => (pid === undefined ? [] : [standing(spec, pid)])),
});

const standing = (
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

/** Controls the processes of a standing cluster. Calls `save` after each process that it starts again. */
export function controlProcesses(
  described: LocalStanding,
  save: (changed: LocalStanding) => Promise<unknown>,
): StandingControls {
  return {
    async alive() {
      return new Set(described.processes.filter(runs).map(({ name }) => name));
    },

    async revive(signal) {
      const alive = described.processes.filter(runs);
      for (const { pid } of alive) send(pid, 'SIGCONT');
      const started: string[] = [];
      const processes = [...described.processes];
      // Whatever is started belongs to the reaper until it is described.
      const reaper = startReaper();
      try {
        for (const [index, dead] of described.processes.entries()) {
          if (alive.includes(dead)) continue;
          if (dead.workers) killAll(dead);
          const member = new ProcessMember(specOf(dead, readinessOf(dead.name, described)), reaper);
          await member.start(signal);
          started.push(dead.name);
          processes[index] = standing(dead, member.pid ?? 0);
          await save({ ...described, processes });
          await reaper.release();
        }
      } finally {
        reaper.dismiss();
      }
      return started;
    },

    async end(signal) {
      const alive = described.processes.filter(runs);
      for (const { pid } of alive) send(pid, 'SIGCONT');
      for (const { pid } of alive) send(pid, 'SIGINT');
      const ended = () => !alive.some(runs);
      const patience = { withinMs: STOP_WITHIN_MS, everyMs: 50, signal };
      await until('the end of the processes', ended, patience).catch(() => {});
      for (const stubborn of alive.filter(runs)) killAll(stubborn);
      for (const dead of described.processes) if (dead.workers) killAll(dead);
      return `${alive.length} processes`;
    },

    logs: [
      ...(['tail', '-n', '20', '-F'] as const),
      ...described.processes.filter(({ name }) => name !== LOG_ROTATION).map(({ logPath }) => logPath),
    ],
  };
}

const runs = ({ pid, startedAt, boot }: StandingProcess): boolean =>
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
  const { proxies, replicas, refreshers, origin, redis, lockServers } = cluster;
  const members = [
    ...[...proxies, ...replicas, ...refreshers],
    { name: 'origin', ...origin },
    ...[redis, ...lockServers],
  ];
  const url = members.find((member) => member.name === name)?.url;
  return url === undefined ? async () => true : servesAsProcess(url, Number(new URL(url).port));
}
