import type { RedisServer, Replica } from './cluster.ts';

/** What `.lab/cluster.json` says, whatever the cluster runs on: enough to point your own load at it. */
export interface StandingCluster {
  readonly strategy: string;
  readonly replicas: readonly Replica[];
  readonly refreshers: readonly Replica[];
  /** The proxies in front of the replicas, if there are any. */
  readonly proxies: readonly Replica[];
  readonly origin: { readonly url: string };
  readonly redis: RedisServer;
  readonly lockServers: readonly RedisServer[];
  /** The folder with its members' logs. */
  readonly logs: string;
}

/** What can be done with a standing cluster. */
export interface StandingControls {
  /** Gives the members that run, paused ones included. */
  alive(): Promise<ReadonlySet<string>>;
  /**
   * Resumes what is paused and starts what is dead at its old address. Gives the names of what it started. You may call
   * it on a cluster that is well.
   */
  revive(signal: AbortSignal): Promise<string[]>;
  /** Ends it, and says what was ended. */
  end(): Promise<string>;
  /** The command that follows its members' logs. */
  readonly logs: readonly [command: string, ...args: string[]];
}
