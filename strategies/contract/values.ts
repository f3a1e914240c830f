import type { StoreMs, WallMs } from './times.ts';

/** An answer of the origin: the value, its version, and what it cost to make. */
export interface Made<V> {
  readonly value: V;
  /** The origin's count of this key's recomputes, taken when this one began. */
  readonly version: number;
  /** When the origin read the value, by its own clock. Never used to judge freshness. */
  readonly computedWallMs: WallMs;
  /**
   * How long the recompute took for its caller, without the time that it queued at the origin: XFetch's δ. With the queue in
   * it, a longer queue would make readers refresh earlier, and so lengthen the queue.
   */
  readonly recomputeMs: number;
}

/** A value as the store holds it. The store itself counts the times left, in the same round trip. */
export interface Entry<V> extends Made<V> {
  /** The fence that it was written under; 0 for a plain write (`always`). */
  readonly fence: number;
  /** The time left until the value is due. At zero or less it is stale. */
  readonly softTtlMs: number;
  /** The time left until the store forgets it: `softTtlMs` plus the grace for serving stale. */
  readonly hardTtlMs: number;
}

/** One look at the store. */
export interface Reading<V> {
  /** When the store answered, by its clock. It orders this look against every commit. */
  readonly atStoreMs: StoreMs;
  /** The newest fence of the key so far. The look mints one when none is known; 0 when the store refuses even that. */
  readonly fence: number;
  /** The newest version ever committed, even if it is gone or invalidated; 0 when none is known. A recompute replaces it. */
  readonly newestVersion: number;
  readonly entry: Entry<V> | undefined;
}

/** The right to recompute a key, until the lease runs out or somebody else is granted it. */
export interface Grant {
  /** Names the holder, so that only it renews and releases. */
  readonly token: string;
  /** Rises with the key's every grant, every invalidation, and every write under a grant or `seenFence`. */
  readonly fence: number;
  /** When it was granted. */
  readonly atStoreMs: StoreMs;
  /** The newest version ever committed by then, which the recompute replaces; 0 when none is known. */
  readonly replaces: number;
}

/**
 * When the store accepts a write:
 * - `grant`: while the grant's fence is the newest of the key;
 * - `seenFence`: while the fence that the writer saw before its recompute is the newest. Never for a writer who saw none;
 * - `always`: plain cache-aside, which promises nothing.
 *
 * Each write under a condition mints the next fence. So of all who know the same fence, the first wins.
 */
export type Condition = { readonly grant: Grant } | { readonly seenFence: number } | 'always';

/** The store's decision on a write. `atStoreMs`: when it decided. */
export type Committed<V> =
  | { readonly outcome: 'accepted'; readonly atStoreMs: StoreMs; readonly entry: Entry<V> }
  | { readonly outcome: 'fenced'; readonly atStoreMs: StoreMs };

export type Acquired<V> =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** There is nothing to do: the value is there. */
  | { readonly kind: 'fresh'; readonly entry: Entry<V> }
  /** Somebody else recomputes under `fence`. Its lease ends in `retryAfterMs` unless it renews. */
  | { readonly kind: 'held'; readonly fence: number; readonly retryAfterMs: number }
  /** The origin failed `failures` times in a row. Nobody may ask it again for `retryAfterMs`. */
  | {
      readonly kind: 'backing-off';
      readonly retryAfterMs: number;
      readonly failures: number;
      readonly stale: Entry<V> | undefined;
    };

/**
 * How an answer came about:
 * - `hit`: from the store, fresh;
 * - `early`: recomputed by this caller before it was due;
 * - `stale`: from the store, past its TTL;
 * - `waited`: recomputed by another caller, for which this one waited;
 * - `recomputed`: by this caller.
 */
export type Served = 'hit' | 'early' | 'stale' | 'waited' | 'recomputed';

export interface Answer<V> {
  readonly entry: Entry<V>;
  readonly served: Served;
}

/**
 * Tells whether the store has the value. It has not if it was gone, or refused the write: then no other process knows
 * the value.
 */
export const isStored = <V>(entry: Entry<V>): boolean => entry.hardTtlMs > 0;

export const isFresh = <V>(entry: Entry<V> | undefined): entry is Entry<V> =>
  entry !== undefined && entry.softTtlMs > 0;
