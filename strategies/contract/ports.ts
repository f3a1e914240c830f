import type { StoreMs } from './times.ts';
import type { Acquired, Committed, Condition, Entry, Grant, Made, Reading } from './values.ts';

/** The shared store of values. Every call may throw {@link StoreUnavailable}. */
export interface Cache<V> {
  /** Looks at the key. The look is never older than the call. */
  read(key: string): Promise<Reading<V>>;
  /** Writes if the condition holds, in one step. A write under a grant also ends the lease and wakes the waiters. */
  commit(key: string, made: Made<V>, condition: Condition): Promise<Committed<V>>;
  /** Forgets the value. Every fill that began before is refused. */
  invalidate(key: string): Promise<{ readonly atStoreMs: StoreMs; readonly fence: number }>;
}

/** The right to recompute, for one holder in the fleet at a time. Every call may throw {@link StoreUnavailable}. */
export interface Lease<V> {
  /** How long a grant lasts without renewal. */
  readonly ttlMs: number;
  /**
   * Takes the lease, or says why not, in one step that also looks for the value.
   * `seenVersion`: the version that the caller wants to replace. Only a newer value counts as fresh then.
   */
  acquire(key: string, seenVersion?: number): Promise<Acquired<V>>;
  /** Restarts the term. False: the lease has ended, or somebody else holds it. */
  renew(key: string, grant: Grant): Promise<boolean>;
  /** Ends the lease if the grant still holds it, and wakes the waiters. After a failure nobody gets it for `backoffMs`. */
  release(key: string, grant: Grant, failed?: { readonly backoffMs: number }): Promise<void>;
  /**
   * Listens for fills of the key. Misses none once it has resolved, while the subscription lives: call it before the
   * acquire that it guards.
   */
  watch(key: string): Promise<Watch<V>>;
}

/** A listener for one key. Close it. */
export interface Watch<V> {
  /**
   * Resolves with a fill under `fence` or a newer one that was heard since the watch began. Undefined after `timeoutMs`,
   * or when something calls for another acquire: a failure, a release, or a new connection.
   */
  filled(fence: number, timeoutMs: number): Promise<Entry<V> | undefined>;
  close(): void;
}

/** Tells a process of changes to the keys that it has copies of. */
export interface Changes {
  /**
   * Follows a key. Calls `onChange` at each fill and invalidation, and whenever one may have been missed: when the
   * subscription becomes live and when it ends. Resolves after the first attempt to subscribe; `live` tells whether it
   * succeeded.
   */
  follow(key: string, onChange: () => void): Promise<Following>;
}

/** Close it. */
export interface Following {
  /** False while changes may be missed. Do not keep what you read meanwhile. */
  readonly live: boolean;
  close(): void;
}

/** A process's memory for copies. It is bounded in bytes: the least recently used copies make room. */
export interface Copies<C> {
  /** Gives a copy. That counts as a use. */
  get(key: string): C | undefined;
  /** Puts in a copy, or changes the size that it counts for. A copy larger than all the memory does not stay. */
  set(key: string, copy: C, bytes: number): void;
  delete(key: string): void;
}

/** Makes a process's memory for copies. Calls `onGone` for each copy that leaves it, for whatever reason. */
export type MakeCopies = <C extends object>(onGone: (copy: C) => void) => Copies<C>;

/** The keys that the whole fleet was asked for lately. Every call may throw {@link StoreUnavailable}. */
export interface Demand {
  /** Puts the keys in demand for the next `lastsMs`, by the store's clock. */
  note(keys: readonly string[], lastsMs: number): Promise<void>;
  /** Gives the keys in demand. */
  wanted(): Promise<readonly string[]>;
}

/** The slow source of the values, which counts its recomputes. May throw {@link OriginFailed}. */
export interface Origin<V> {
  recompute(key: string, context: RecomputeContext): Promise<Made<V>>;
}

/** Why a recompute is asked for. The origin and the judge tell expiries apart by it. */
export interface RecomputeContext {
  /** Aborts when the value is no longer wanted. */
  readonly signal?: AbortSignal;
  /** When the value was found missing or due. Absent without a store. */
  readonly seenStoreMs?: StoreMs;
  /** The newest version ever committed, as the grant or the look told it. Absent without a store. */
  readonly replaces?: number;
}

/** A monotonic clock, without dates. */
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
