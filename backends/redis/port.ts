/** The scripts in lua/, with their numbers of keys. */
export const SCRIPTS = {
  read: 2,
  acquire: 4,
  renew: 1,
  release: 2,
  commit: 4,
  put: 2,
  invalidate: 4,
  mint: 3,
  fail: 2,
  note: 1,
  wanted: 1,
  newest: 1,
} as const;
export type Script = keyof typeof SCRIPTS;

/** A script's answer: its table, or a single number or string as a table of one. */
export type Reply = readonly (string | number | null)[];

/**
 * A change of the connection. `ready`: connected, with no subscription yet. `lost`: no longer connected. `identified`:
 * connected to the server with this `run_id`, if the port asks for it.
 */
export type ConnectionEvent =
  | { readonly kind: 'ready' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'identified'; readonly server: string };

/**
 * A connection to Redis, as the backends use it. One server, Sentinels, a client of your own or a simulation may implement
 * it. It never queues, never resends and never hangs: a command is answered in time or fails. Every call may throw
 * {@link StoreUnavailable}, with its `reason`, or {@link StoreRefused} for an invalid command.
 */
export interface RedisPort {
  /** Runs a script in one step: first its keys, then its arguments. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<Reply>;
  publish(channel: string, message: string): Promise<void>;
  /** Waits until `count` Redis replicas have this connection's writes, or for `withinMs`. Gives how many have them. */
  waitForReplicas(count: number, withinMs: number): Promise<number>;
  subscribe(...channels: string[]): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  onMessage(listener: (channel: string, message: string) => void): void;
  onConnection(listener: (event: ConnectionEvent) => void): void;
  /** Whether there is a connection, as far as this process knows. */
  readonly connected: boolean;
  /** Drops the connection at once and opens another. */
  replace(): void;
  close(): void;
}
