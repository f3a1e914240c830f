import { z } from 'zod';
import type { Cluster } from '../cluster.ts';

const located = z.object({ url: z.string() });
const named = located.extend({ name: z.string() });
const replica = named.extend({ pid: z.number().optional() });

/** What `.lab/cluster.json` says, whatever the cluster runs on: enough to point your own load at it. */
export const standingCluster = z.object({
  /** Of this description. An older one names its processes in another way. */
  format: z.literal(2),
  strategy: z.string(),
  replicas: z.array(replica),
  refreshers: z.array(replica),
  /** The proxies in front of the replicas, if there are any. */
  proxies: z.array(replica),
  origin: located,
  redis: named,
  lockServers: z.array(named),
  /** The folder with its members' logs. */
  logs: z.string(),
});

export type StandingCluster = z.infer<typeof standingCluster>;

/** Where a board of a standing cluster is, if there is one. */
export const board = located.optional();

/** What can be done with a standing cluster. */
export interface StandingControls {
  /** Gives the members that run, paused ones included. */
  alive(): Promise<ReadonlySet<string>>;
  /**
   * Resumes what is paused and starts what is dead at its old address. Gives the names of what it started. You may call
   * it on a cluster that is well.
   */
  revive(signal: AbortSignal): Promise<string[]>;
  /** Ends it, and says what was ended. When the signal aborts, it stops waiting for anybody and kills. */
  end(signal: AbortSignal): Promise<string>;
  /** The command that follows its members' logs. */
  readonly logs: readonly [command: string, ...args: string[]];
}

/** Copies what a cluster's description needs from a cluster. */
export const describe = (
  { replicas, refreshers, proxies, origin, redis, lockServers, files }: Described,
  strategy: string,
): StandingCluster => ({
  format: 2,
  strategy,
  replicas: [...replicas],
  refreshers: [...refreshers],
  proxies: [...proxies],
  origin: { url: origin.url },
  redis,
  lockServers: [...lockServers],
  logs: files.logs,
});

type Described = Pick<
  Cluster,
  'replicas' | 'refreshers' | 'proxies' | 'origin' | 'redis' | 'lockServers' | 'files'
>;
