import type { Claim } from './claim.ts';
import type { Cache, Changes, Clock, Demand, Lease, MakeCopies, Origin } from './ports.ts';
import type { Answer } from './values.ts';

export interface Strategy<V> {
  /**
   * Gives the value of the key. A caller that aborts its signal leaves alone; what it started continues for the others.
   * Throws {@link OriginFailed}, {@link Contended}, {@link Overloaded} or the signal's reason.
   */
  get(key: string, signal?: AbortSignal): Promise<Answer<V>>;
  /**
   * Gives the value at once if this process has a fresh copy of its own, else undefined: then call `get`. Only strategies
   * that keep copies have it.
   */
  near?(key: string): Answer<V> | undefined;
}

/** Refreshes values outside of the requests, in a process of its own. */
export interface Refresher {
  /**
   * Looks at all keys in demand and refreshes those that are due soon. Resolves when all refreshes that it began have
   * ended; you may call it again before. Throws {@link StoreUnavailable}, but not the failure of a single key.
   */
  tick(): Promise<void>;
}

/** Everything a strategy stands on. */
export interface Parts<V> {
  readonly cache: Cache<V>;
  readonly lease: Lease<V>;
  readonly changes: Changes;
  readonly copies: MakeCopies;
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
  /** Whether a process has at most one recompute of a key in flight. Off only to show what it is for. */
  readonly singleFlight: boolean;
  /** How long the fleet does not call a failing origin. */
  readonly backoffMs: number;
  /** Failures in a row after which callers with nothing to serve get the error at once. */
  readonly maxFailures: number;
  /** Refused commits, lost leases and outdated answers after which a caller gives up. */
  readonly maxRounds: number;
  /** How long a caller waits for somebody else's recompute before it gives up. */
  readonly patienceMs: number;
  /** The most keys that a process recomputes at once; several calls for one key count once. */
  readonly recomputeCap: number;
  /** How long a process does not call an unavailable store. */
  readonly storeRetryMs: number;
  /** How often a refresher looks at the keys in demand. */
  readonly refreshIntervalMs: number;
}

/** An entry of the registry. */
export interface Definition {
  readonly name: string;
  readonly summary: string;
  readonly claim: Claim;
  create<V>(parts: Parts<V>): Strategy<V>;
  /** For a strategy whose values are refreshed by processes of their own. */
  refresher?<V>(parts: Parts<V>): Refresher;
}
