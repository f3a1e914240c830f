import type { RedisServer, Replica } from './cluster.ts';

/** What `.lab/cluster.json` says whatever the cluster runs on: enough for anyone to point their own load at it. */
export interface Described {
  readonly strategy: string;
  readonly replicas: readonly Replica[];
  readonly refreshers: readonly Replica[];
  /** What stands in front of the replicas; none: nothing does. */
  readonly proxies: readonly Replica[];
  readonly origin: { readonly url: string };
  readonly redis: RedisServer;
  readonly lockServers: readonly RedisServer[];
  /** The folder of the logs of its processes. */
  readonly logs: string;
}

/** What can be done with a standing cluster. */
export interface Kept {
  /** The members that run, paused ones among them. */
  alive(): Promise<ReadonlySet<string>>;
  /**
   * Makes it whole: what is paused goes on, what is dead is started again at its old address. Gives the names of what
   * was started. Safe to call again, and on a cluster that is well.
   */
  revive(signal: AbortSignal): Promise<string[]>;
  /** Ends it, and says what was ended. */
  end(): Promise<string>;
  /** The command that shows what its members say. */
  readonly logs: readonly [command: string, ...args: string[]];
}
