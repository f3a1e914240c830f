import type { StoreMs, WallMs } from './times.ts';

/** An answer of the origin: the value, the origin's own counter for the key, and what it cost to make. */
export interface Made<V> {
  readonly value: V;
  /** The origin's counter for this key, taken when the recompute began. */
  readonly version: number;
  /** The origin's clock when the value was taken. Never used to judge freshness. */
  readonly computedWallMs: WallMs;
  /** How long the recompute took as its caller saw it: XFetch's δ. */
  readonly recomputeMs: number;
}

/** A value as the store holds it. The remaining times are the store's own, told in the same round trip. */
export interface Entry<V> extends Made<V> {
  /** The fence it was written under; 0 when it was written without a lease. */
  readonly fence: number;
  /** Time left until the value is due; zero or less means it is stale. */
  readonly softTtlMs: number;
  /** Time left until the store forgets it; `softTtlMs` plus the grace for serving stale. */
  readonly hardTtlMs: number;
}

/** One look at the store. */
export interface Reading<V> {
  /** When the store was looked at. It orders this look against every commit. */
  readonly atStoreMs: StoreMs;
  /** The newest fence minted for the key so far; 0 when none is known. */
  readonly fence: number;
  readonly entry: Entry<V> | undefined;
}

/** The right to recompute a key, until the lease runs out or somebody else is granted it. */
export interface Grant {
  /** Names the holder, so that only it renews and releases. */
  readonly token: string;
  /** Rises with every grant, every invalidation and every write under `seenFence` of the key. */
  readonly fence: number;
  /** When it was granted. */
  readonly atStoreMs: StoreMs;
}

/**
 * The condition a write is made under.
 * - a `grant`: only while its fence is still the newest minted for the key;
 * - `seenFence`: only while the fence that the writer saw before it recomputed is still the newest; mints the next one;
 * - `always`: plain cache-aside, which promises nothing.
 */
export type Condition = { readonly grant: Grant } | { readonly seenFence: number } | 'always';

/** `atStoreMs`: when the store decided. */
export type Committed<V> =
  | { readonly outcome: 'accepted'; readonly atStoreMs: StoreMs; readonly entry: Entry<V> }
  | { readonly outcome: 'fenced'; readonly atStoreMs: StoreMs };

export type Acquired<V> =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** Nothing to do: the value is there. */
  | { readonly kind: 'fresh'; readonly entry: Entry<V> }
  /** Somebody else recomputes under `fence`, for at most `retryAfterMs` from now unless it renews. */
  | { readonly kind: 'held'; readonly fence: number; readonly retryAfterMs: number }
  /** The origin failed `failures` times in a row; nobody may ask it again for `retryAfterMs`. */
  | {
      readonly kind: 'backing-off';
      readonly retryAfterMs: number;
      readonly failures: number;
      readonly stale: Entry<V> | undefined;
    };

/**
 * How an answer came about: `hit` from the store, fresh; `early` recomputed by this caller before it was due;
 * `stale` from the store, past its time; `waited` for another caller's recompute; `recomputed` by this caller.
 */
export type Served = 'hit' | 'early' | 'stale' | 'waited' | 'recomputed';

export interface Answer<V> {
  readonly entry: Entry<V>;
  readonly served: Served;
}

/** False for a value made while the store was gone: no other process knows of it. */
export const isStored = <V>(entry: Entry<V>): boolean => entry.hardTtlMs > 0;

export const isFresh = <V>(entry: Entry<V> | undefined): entry is Entry<V> =>
  entry !== undefined && entry.softTtlMs > 0;
