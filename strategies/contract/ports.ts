import type { StoreMs } from './times.ts';
import type { Acquired, Committed, Condition, Entry, Grant, Made, Reading } from './values.ts';

/** The shared store of values. Every call may throw {@link StoreUnavailable}. */
export interface Cache<V> {
  /** Looks at the key as it is after the call was made: a caller never gets a look that is older than itself. */
  read(key: string): Promise<Reading<V>>;
  /** Writes under the condition, in one step; a write under a grant also ends the lease and wakes the waiters. */
  commit(key: string, made: Made<V>, condition: Condition): Promise<Committed<V>>;
  /** Forgets the value and defeats every fill that began before. */
  invalidate(key: string): Promise<{ readonly atStoreMs: StoreMs; readonly fence: number }>;
}

/** The right to recompute, one holder in the fleet at a time. Every call may throw {@link StoreUnavailable}. */
export interface Lease<V> {
  /** How long a grant lasts without renewal. */
  readonly ttlMs: number;
  /**
   * Takes the lease, or says why not, in one step that also looks for the value.
   * `seenVersion`: the value the caller wants to replace; only a newer one counts as fresh then.
   */
  acquire(key: string, seenVersion?: number): Promise<Acquired<V>>;
  /** Starts the term anew. False: the lease is somebody else's by now, or nobody's. */
  renew(key: string, grant: Grant): Promise<boolean>;
  /** Ends the lease if it is still ours, and wakes the waiters; after a failure nobody is granted it for `backoffMs`. */
  release(key: string, grant: Grant, failed?: { readonly backoffMs: number }): Promise<void>;
  /** Listens for fills of the key. Once this resolves, no fill is missed: call it before the acquire it guards. */
  watch(key: string): Promise<Watch<V>>;
}

/** A listener for one key. Close it. */
export interface Watch<V> {
  /**
   * The next fill under `fence` or a newer one, heard since the watch began. Undefined when there was none for
   * `timeoutMs`, or when something happened that calls for another acquire (a failure, a release, a lost connection).
   */
  filled(fence: number, timeoutMs: number): Promise<Entry<V> | undefined>;
  close(): void;
}

/** Tells a process what becomes of keys whose values it keeps copies of. */
export interface Changes {
  /**
   * Follows a key: `onChange` is called at each of its fills and invalidations, and whenever one may have been missed:
   * as it becomes live, and as it ceases to be. Resolves once it has been tried to listen; `live` says if that came off.
   */
  follow(key: string, onChange: () => void): Promise<Following>;
}

/** Close it. */
export interface Following {
  /** False while changes may be missed: what is read meanwhile is not to be kept. */
  readonly live: boolean;
  close(): void;
}

/** Which keys somebody asked for lately, in the whole fleet. Every call may throw {@link StoreUnavailable}. */
export interface Demand {
  /** Says that the keys are asked for now; they are in demand for `lastsMs` from now on, by the store's clock. */
  note(keys: readonly string[], lastsMs: number): Promise<void>;
  /** The keys in demand. */
  wanted(): Promise<readonly string[]>;
}

/** What the cache stands in front of: slow, and it counts its recomputes. May throw {@link OriginFailed}. */
export interface Origin<V> {
  /** `seenStoreMs`: when the value was found missing or due; the judge counts recomputes by it. */
  recompute(
    key: string,
    context: { readonly signal?: AbortSignal; readonly seenStoreMs?: StoreMs },
  ): Promise<Made<V>>;
}

/** A monotonic clock: it knows nothing of dates. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when that aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fire` once after `ms`, unless the returned function is called before. */
  after(ms: number, fire: () => void): () => void;
  /** Calls `tick` every `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}
