import type { z } from 'zod';
import type { JournalState } from '../record/files/journal.ts';
import type { Settings } from '../record/settings.ts';
import type { Traffic } from '../services/relay/delay.ts';
import type { Held, holdSchema } from '../services/relay/holds.ts';

export interface Replica {
  readonly name: string;
  readonly url: string;
  readonly pid?: number;
}

export interface RedisServer {
  readonly name: string;
  readonly url: string;
  /** The `run_id` of the process that was there when it was ready; a restart changes it. Only of servers with values. */
  readonly runId?: string;
}

/** What a run leaves in its folder while the cluster is up. */
export interface ClusterFiles {
  readonly ledger: string;
  /** The folder of the replicas' events, a file each. */
  readonly events: string;
  readonly logs: string;
}

export type Runtime = 'local' | 'compose';

export type { Traffic } from '../services/relay/delay.ts';
export type { Held } from '../services/relay/holds.ts';

/** What to hold on the way between a member and Redis. */
export type Hold = Readonly<z.infer<typeof holdSchema>>;

/** How a delay varies, and what is delayed. */
export interface Slowness {
  /** How much more or less the delay is each time, at random. */
  readonly jitterMs?: number;
  /** Only commands with their replies, or only the messages of subscriptions. Absent: both. */
  readonly of?: Traffic;
}

/** What can be done on the way between the members and Redis. Members that were added later have no relay. */
export interface Relays {
  /**
   * Arms the hold on all members at once. Resolves with the first call or reply that is held; it is the only one. Whatever
   * follows it on its connection is held too. If the member dies, or Redis does, it is lost. Rejects when the signal aborts;
   * nothing is held then.
   */
  hold(hold: Hold, signal: AbortSignal): Promise<Held>;
  /** Lets go what is held of a member, and disarms all holds. Safe to call twice. */
  release(member: string): Promise<void>;
  /** Cuts a member's connections to Redis. What was held or under way is lost. New connections work at once. */
  drop(member: string): Promise<void>;
  /** Delays everything between a member and Redis by so much, both ways; 0 undoes it. `more`: see {@link Slowness}. */
  delay(member: string, ms: number, more?: Slowness): Promise<void>;
}

/** A running cluster, whatever it runs on. A verb takes a member by its name, and waits until its effect is there. */
export interface Cluster {
  readonly runtime: Runtime;
  /** The run's own: every service of the lab answers it at `/readyz`. */
  readonly token: string;
  readonly replicas: readonly Replica[];
  /** What refreshes values outside of the requests, where the strategy has it. */
  readonly refreshers: readonly Replica[];
  /** What stands in front of the replicas, and is asked in their place; none: nothing does. */
  readonly proxies: readonly Replica[];
  readonly origin: { readonly url: string };
  /** The server that is the primary from the start. */
  readonly redis: RedisServer;
  /** Every Redis server that holds values, the primary first. */
  readonly redisServers: readonly RedisServer[];
  /** What the lease stands on, where that is not the Redis of the values. */
  readonly lockServers: readonly RedisServer[];
  /** The replicas that stay with the first Redis server when the network is cut. */
  readonly near: readonly string[];
  readonly files: ClusterFiles;
  /** The relay between the members and Redis, if the run has one. */
  readonly relay?: Relays | undefined;
  /** Says how the run's copy of the ledger is doing, if the origin writes its ledger elsewhere. */
  ledgerState?(): Promise<JournalState>;
  /** Members that ended though nobody told them to. */
  casualties(): Promise<readonly string[]>;
  /** Ends a member without warning. */
  kill(member: string): Promise<void>;
  /** Freezes a member in mid-step; it cannot notice. */
  pause(member: string): Promise<void>;
  resume(member: string): Promise<void>;
  /** Ends a member as a deployment does: it finishes what it has begun. */
  stop(member: string): Promise<void>;
  /** Starts a member that was killed or stopped, at its old address. */
  restart(member: string): Promise<void>;
  /** Parts the first Redis server and the replicas near to it from everybody else; nobody is told. */
  cut(): Promise<void>;
  /** Undoes the cut. Safe to call twice. */
  mend(): Promise<void>;
  /** Starts one more replica. */
  add(): Promise<Replica>;
  /** Ends everything, the paused and the killed included. Safe to call twice. */
  down(): Promise<void>;
}

export interface ClusterSpec {
  readonly settings: Settings;
  /** The folder for logs, events and the ledger. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Tells this run's members from all others, whatever their ports. */
  readonly token: string;
  /** Called with what the user may want to know. */
  readonly onPhase?: ((phase: string) => void) | undefined;
  /** Called once everything that can be checked beforehand is in order, before the first process. */
  readonly onStart: () => void;
}
