/**
 * What a strategy is handed, and what it promises in return. This is the one file the strategies import:
 * no Redis, no HTTP, no clock and no randomness of their own, so that the same code runs in a replica,
 * in another team's service and in a test that decides the order of every step.
 */

/** An answer of the origin: the value, the origin's own counter for the key, and what it cost to make. */
export interface Made<V> {
  readonly value: V;
  /** The origin's counter for this key, taken when the recompute began. */
  readonly version: number;
  /** The origin's clock when the value was taken, in ms since the epoch. Shown as `Age`, never used to judge freshness. */
  readonly computedAt: number;
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
  /** The store's clock at the look, in ms since the epoch. It orders this look against every commit. */
  readonly at: number;
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
  /** The store's clock at the grant, in ms since the epoch. */
  readonly at: number;
}

/**
 * The condition a write is made under.
 * - a `grant`: only while its fence is still the newest minted for the key;
 * - `seenFence`: only while the fence that the writer saw before it recomputed is still the newest; mints the next one;
 * - `always`: plain cache-aside, which promises nothing.
 */
export type Condition = { readonly grant: Grant } | { readonly seenFence: number } | 'always';

/** `at`: the store's clock at the decision. */
export type Committed<V> =
  | { readonly outcome: 'accepted'; readonly at: number; readonly entry: Entry<V> }
  | { readonly outcome: 'fenced'; readonly at: number };

/** The shared store of values. Every call may throw {@link StoreUnavailable}. */
export interface Cache<V> {
  /** Looks at the key as it is after the call was made: a caller never gets a look that is older than itself. */
  read(key: string): Promise<Reading<V>>;
  /** Writes under the condition, in one step; a write under a grant also ends the lease and wakes the waiters. */
  commit(key: string, made: Made<V>, condition: Condition): Promise<Committed<V>>;
  /** Forgets the value and defeats every fill that began before. `at`: the store's clock at that moment. */
  invalidate(key: string): Promise<{ readonly at: number; readonly fence: number }>;
}

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
  /** `seenAt`: the store's clock when the value was found missing or due; the judge counts recomputes by it. */
  recompute(
    key: string,
    context: { readonly signal?: AbortSignal; readonly seenAt?: number },
  ): Promise<Made<V>>;
}

/** A monotonic clock: it knows nothing of dates. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `tick` every `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}

/**
 * How an answer came about: `hit` from the store, fresh; `early` recomputed by this caller before it was due;
 * `stale` from the store, past its time; `waited` for another caller's recompute; `recomputed` by this caller.
 */
export type Served = 'hit' | 'early' | 'stale' | 'waited' | 'recomputed';

export interface Answer<V> {
  readonly entry: Entry<V>;
  readonly served: Served;
}

export interface Strategy<V> {
  /**
   * The value of the key. A caller that aborts its signal leaves alone: whatever it started goes on for the others.
   * Throws {@link OriginFailed}, {@link Contended}, {@link Overloaded} or the signal's reason.
   */
  get(key: string, signal?: AbortSignal): Promise<Answer<V>>;
}

/** What a process of its own does to refresh values outside of the requests. */
export interface Refresher {
  /**
   * Looks at everything in demand and refreshes what is due soon. Resolves once all that it began has ended; another may
   * be called before. Throws {@link StoreUnavailable}; what becomes of single keys it keeps to itself.
   */
  tick(): Promise<void>;
}

/** Everything a strategy stands on. */
export interface Parts<V> {
  readonly cache: Cache<V>;
  readonly lease: Lease<V>;
  readonly changes: Changes;
  readonly demand: Demand;
  readonly origin: Origin<V>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly options: Options;
}

export interface Options {
  /** XFetch's β: above 1 recomputes earlier, below 1 later. */
  readonly beta: number;
  /** One recompute in flight a key a process. Off only to show what it is for. */
  readonly singleFlight: boolean;
  /** How long the fleet leaves a failing origin alone. */
  readonly backoffMs: number;
  /** Failures in a row after which callers with nothing to serve get the error at once. */
  readonly maxFailures: number;
  /** Refused commits, lost leases and outdated answers after which a caller gives up. */
  readonly maxRounds: number;
  /** How long a caller waits for somebody else's recompute before it gives up. */
  readonly patienceMs: number;
  /** Concurrent recomputes a process allows itself when the store is gone. */
  readonly degradedCap: number;
  /** How long a process leaves an unavailable store alone. */
  readonly storeRetryMs: number;
  /** How often a refresher looks. */
  readonly refreshIntervalMs: number;
}

/** What a claim is computed for. */
export interface Setting {
  readonly replicas: number;
  readonly ratePerSecond: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly recomputeMs: number;
  readonly leaseMs: number;
  readonly beta: number;
  readonly singleFlight: boolean;
  readonly refreshIntervalMs: number;
}

/** What a strategy promises in a healthy cluster; the checks hold it to this. */
export interface Claim {
  /** Recomputes an expiry. */
  recomputesPerExpiry(setting: Setting): {
    /** The range of the mean over many expiries. */
    readonly mean: readonly [least: number, most: number];
    /** The most any single expiry may see; undefined: no bound. */
    readonly max: number | undefined;
    /** How far single expiries scatter where chance decides: a mean over few of them may miss its range by as much. */
    readonly deviation?: number;
  };
  /** No client reads an older value after a newer one was answered. */
  readonly monotonic: boolean;
  /** Writes are refused once a newer grant exists. */
  readonly fenced: boolean;
  /** The longest time past its TTL that a value is served while the origin answers. */
  maxStaleMs(setting: Setting): number;
  /** Who waits for a recompute once the cache has been filled; `winner`: only whoever recomputes. */
  readonly waits: 'everyone' | 'winner' | 'nobody';
  /** Whether a value may be recomputed before its TTL has passed. */
  readonly early: boolean;
  /** How long before its time a value is typically recomputed; a TTL that this fills would be refreshed without pause. */
  leadMs?(setting: Setting): number;
  /** With single-flight on, one caller a replica at most waits for another replica's recompute of a key, the background included. */
  readonly oneWaiterAReplica: boolean;
  /** Whoever waits is woken by the value; nobody looks again on a timer. */
  readonly woken: boolean;
}

/** A line of the registry. */
export interface Definition {
  readonly name: string;
  readonly summary: string;
  readonly claim: Claim;
  create<V>(parts: Parts<V>): Strategy<V>;
  /** For a strategy whose values are refreshed by processes of their own. */
  refresher?<V>(parts: Parts<V>): Refresher;
}

/** False for a value made while the store was gone: no other process knows of it. */
export const isStored = <V>(entry: Entry<V>): boolean => entry.hardTtlMs > 0;

export const isFresh = <V>(entry: Entry<V> | undefined): entry is Entry<V> =>
  entry !== undefined && entry.softTtlMs > 0;
