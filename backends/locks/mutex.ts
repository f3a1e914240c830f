import type { Clock } from '../../strategies/contract/index.ts';

/** What one try came to. */
export type Tried =
  /** Ours. `token` names this one grant: no other try gets it, not even of this process. */
  | { readonly kind: 'locked'; readonly token: string }
  /** Somebody else's; worth another try in `retryAfterMs`, where the backend can tell. */
  | { readonly kind: 'held'; readonly retryAfterMs?: number };

/**
 * Mutual exclusion as other systems have it: one holder a key at a time, as far as the system can tell. It knows nothing
 * of values, fences and waiters; {@link fencedLease} makes a lease of it. Every call may throw {@link StoreUnavailable}.
 */
export interface Mutex {
  /** One try, without waiting for the holder. Whoever asks twice in one process is two callers. */
  tryLock(key: string): Promise<Tried>;
  /** Starts the term anew, or sees that the lock still stands where it has none. False: it is lost, and given up. */
  extend(key: string, token: string): Promise<boolean>;
  /** Gives it up if it is still ours; otherwise nothing happens. */
  unlock(key: string, token: string): Promise<void>;
  /** Whether enough of what it stands on is connected to lock. */
  ready(): boolean;
  close(): void;
}

export interface MutexOptions {
  /** Where its servers are. */
  readonly servers: readonly string[];
  /** The term of a lock, for what has terms. */
  readonly leaseMs: number;
  /** Names the holder, so that one can see at a server who holds a lock. */
  readonly holder: string;
  /** How long a server may take to answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
