import { z } from 'zod';
import type { Settings } from '../../record/settings.ts';
import { settingsSchema } from '../../record/settings-schema.ts';
import type { Cluster } from '../cluster.ts';

const located = z.object({ url: z.string() });
const named = located.extend({ name: z.string() });
const replica = named.extend({ pid: z.number().optional() });

/** What `.lab/cluster.json` says, whatever the cluster runs on: enough to point your own load at it, and to break it. */
export const standingCluster = z.object({
  /** Of this description. An older one lacks the settings and the files. */
  format: z.literal(3),
  strategy: z.string(),
  settings: settingsSchema,
  /** Its members answer it at `/readyz`. */
  token: z.string(),
  replicas: z.array(replica),
  refreshers: z.array(replica),
  /** The proxies in front of the replicas, if there are any. */
  proxies: z.array(replica),
  origin: located,
  redis: named,
  /** Every Redis server that holds values, `redis` first. */
  redisServers: z.array(named),
  lockServers: z.array(named),
  /** The folder with its members' logs. */
  logs: z.string(),
  /** What its members record: the origin's ledger, and the folder of the others' events. */
  files: z.object({ ledger: z.string(), events: z.string() }),
});

export type StandingCluster = z.infer<typeof standingCluster>;

/** Where a board of a standing cluster is, if there is one. */
export const board = located.optional();

/** What can be done with a standing cluster. A verb takes a member by its name, and waits until its effect is there. */
export interface StandingControls {
  /** Gives the members that run, paused ones included. */
  alive(): Promise<ReadonlySet<string>>;
  /**
   * Resumes what is paused and starts what is dead at its old address. Gives the names of what it started. You may call
   * it on a cluster that is well. `only`: these members alone.
   */
  revive(signal: AbortSignal, only?: ReadonlySet<string>): Promise<string[]>;
  /** Ends a member without warning. */
  kill(member: string): Promise<void>;
  pause(member: string): Promise<void>;
  resume(member: string): Promise<void>;
  /** Ends a member after it has finished its work. When the signal aborts, it ends at once. */
  stop(member: string, signal: AbortSignal): Promise<void>;
  /** Ends the cluster, and says what was ended. When the signal aborts, it stops waiting for anybody and kills. */
  end(signal: AbortSignal): Promise<string>;
  /** The command that follows its members' logs. */
  readonly logs: readonly [command: string, ...args: string[]];
}

/** Copies what a cluster's description needs from a cluster. */
export const describe = (cluster: Described, settings: Settings): StandingCluster => ({
  format: 3,
  strategy: settings.strategy,
  settings,
  token: cluster.token,
  replicas: [...cluster.replicas],
  refreshers: [...cluster.refreshers],
  proxies: [...cluster.proxies],
  origin: { url: cluster.origin.url },
  redis: cluster.redis,
  redisServers: [...cluster.redisServers],
  lockServers: [...cluster.lockServers],
  logs: cluster.files.logs,
  files: { ledger: cluster.files.ledger, events: cluster.files.events },
});

type Described = Pick<
  Cluster,
  | 'token'
  | 'replicas'
  | 'refreshers'
  | 'proxies'
  | 'origin'
  | 'redis'
  | 'redisServers'
  | 'lockServers'
  | 'files'
>;
