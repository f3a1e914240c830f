/** The scripts in lua/, by their names, and how many of their arguments are keys. */
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

/** What a script answers: its table, or a single number or string as a table of one. */
export type Reply = readonly (string | number | null)[];

/**
 * `ready`: connected, and subscribed to nothing yet. `lost`: there is no connection any more. `identified`: the `run_id` of
 * the server that a connection is with, where the port was asked to find it out.
 */
export type ConnectionEvent =
  | { readonly kind: 'ready' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'identified'; readonly server: string };

/**
 * A connection to Redis as the backends use it, so that one server, Sentinels, a client of your own, and a simulation can
 * stand behind it. It never queues, never sends again, and never hangs: a command is answered in time or fails. Every call
 * may throw {@link StoreUnavailable}, which says in `reason` why, or {@link StoreRefused} for a command that is mistaken.
 */
export interface RedisPort {
  /** Runs a script in one step: first its keys, then its arguments. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<Reply>;
  publish(channel: string, message: string): Promise<void>;
  /** Waits until so many Redis replicas have what this connection wrote. Gives how many have it after `withinMs`. */
  waitForReplicas(count: number, withinMs: number): Promise<number>;
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  onMessage(listener: (channel: string, message: string) => void): void;
  onConnection(listener: (event: ConnectionEvent) => void): void;
  /** Whether there is a connection, as far as anybody knows. */
  readonly connected: boolean;
  close(): void;
}
