import type { Clock } from '../../strategies/contract/index.ts';

/** The result of one try. */
export type Tried =
  /** The caller has the lock. `token` names this one grant: no other try gets it, not even in this process. */
  | { readonly kind: 'locked'; readonly token: string }
  /** Somebody else has the lock. Try again in `retryAfterMs`, if the backend can tell. */
  | { readonly kind: 'held'; readonly retryAfterMs?: number };

/**
 * Mutual exclusion by another system: one holder per key at a time, as far as that system can tell. A mutex knows nothing
 * of values, fences and waiters; {@link fencedLease} adds them. Every call may throw {@link StoreUnavailable}.
 */
export interface Mutex {
  /** Tries once, without waiting for the holder. Two tries in one process are two callers. */
  tryLock(key: string): Promise<Tried>;
  /** Restarts the term, or, for a lock without one, checks that it is still held. False: it is lost, and given up. */
  extend(key: string, token: string): Promise<boolean>;
  /** Gives the lock up if `token` still holds it. */
  unlock(key: string, token: string): Promise<void>;
  /** Tells whether enough servers are connected to lock. */
  ready(): boolean;
  close(): void;
}

export interface MutexOptions {
  /** The addresses of its servers. */
  readonly servers: readonly string[];
  /** The term of a lock, for backends that have terms. */
  readonly leaseMs: number;
  /** The holder's name, so that you can see at a server who holds a lock. */
  readonly holder: string;
  /** How long a server may take to answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
