import type { Claim } from './claim.ts';
import type { Cache, Changes, Clock, Demand, Lease, Origin } from './ports.ts';
import type { Answer } from './values.ts';

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

/** A line of the registry. */
export interface Definition {
  readonly name: string;
  readonly summary: string;
  readonly claim: Claim;
  create<V>(parts: Parts<V>): Strategy<V>;
  /** For a strategy whose values are refreshed by processes of their own. */
  refresher?<V>(parts: Parts<V>): Refresher;
}
