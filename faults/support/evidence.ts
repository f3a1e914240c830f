import type { Arrival } from '../../record/arrival.ts';
import type { HerdFacts, RunData, RunFacts } from '../../record/facts.ts';
import type { RecomputeEnding } from '../../record/ledger.ts';
import type { Claim, StoreMs, WallMs } from '../../strategies/contract/index.ts';
import type { Timeline } from './timeline.ts';

/** One line of the origin's ledger, begin and end together. */
export interface Recompute {
  readonly id: number;
  readonly version: number;
  readonly by: string;
  /** The store's clock when the asker saw the need; absent when it had no store to ask: see degraded.ts. */
  readonly seenStoreMs?: StoreMs;
  readonly beganWallMs: WallMs;
  /** Absent while it runs, or when the origin died under it. */
  readonly endedWallMs?: WallMs;
  readonly ending?: RecomputeEnding;
}

/** A write as the store ordered it. */
export interface Commit {
  readonly version: number;
  readonly fence: number;
  readonly accepted: boolean;
  readonly atStoreMs: StoreMs;
  /** The same moment by the wall clock: see judge/clocks.ts. */
  readonly atWallMs: WallMs;
  readonly by: string;
}

/** A grant of the key's lease. */
export interface Granted {
  readonly by: string;
  readonly fence: number;
  readonly atStoreMs: StoreMs;
  /** The same moment by the wall clock. */
  readonly atWallMs: WallMs;
}

/**
 * The life of one version, from the first look that found the one before missing or due. Every recompute whose need was
 * seen before the cycle's first accepted commit belongs to it; the next one opens the next cycle. Both moments are the
 * store's own, so the order is exact and no straggler is taken for a new expiry.
 */
export interface Cycle {
  readonly beganStoreMs: StoreMs;
  /** The same moment by the wall clock. */
  readonly beganWallMs: WallMs;
  readonly recomputes: readonly Recompute[];
  /** When the first value of the cycle was stored. */
  readonly filledStoreMs?: StoreMs;
  /** The same moment by the wall clock. */
  readonly filledWallMs?: WallMs;
}

/** An answered request. */
export type Answered = Arrival & Required<Pick<Arrival, 'sentAt' | 'endedAt' | 'served' | 'version'>>;

/** What a fault may cost without the run being at fault. Everything else is judged as ever. */
export interface Tolerance {
  /** Recomputes beyond the claim in a cycle that the fault touched. */
  readonly extraRecomputes: number;
  /** Time beyond the bound that a request may wait. */
  readonly extraWaitMs: number;
  /** Time past its TTL that a value may be served. */
  readonly staleMs: number;
  /**
   * In which order of values a replica was between two moments: all that share one are compared. Undefined: in none,
   * since it went from one to another meanwhile.
   */
  orderOf(by: string, fromWallMs: WallMs, toWallMs: WallMs, timeline: Timeline): string | undefined;
  /** Whether the store loses what it held when it is hit: a value may be recomputed before its time then. */
  readonly forgetsStore: boolean;
  /** Whether the fault accounts for this failed request. */
  excuses(arrival: Arrival, timeline: Timeline): boolean;
}

/** What was recorded of a run, laid out for the checks and for the expectations of faults. */
export interface Evidence extends RunData, Pick<RunFacts, 'settings' | 'casualties'> {
  /** What the strategy promises, alone or behind proxies. */
  readonly claim: Claim;
  readonly herd: HerdFacts;
  readonly recomputes: readonly Recompute[];
  readonly commits: readonly Commit[];
  /** In the order in which they were recorded. */
  readonly grants: readonly Granted[];
  readonly cycles: readonly Cycle[];
  /** The expiries that count. */
  readonly judged: readonly Required<Cycle>[];
  readonly answered: readonly Answered[];
  /** When the warm-up was over: the cold cache filled, the herd's connections open. Wall time in ms. */
  readonly warmWallMs: WallMs;
  /** The answers to what fell due since then: before, thousands of connections are being opened. */
  readonly warm: readonly Answered[];
  /** When the fault came and went, if one did. */
  readonly timeline: Timeline | undefined;
  /** What the fault may cost. */
  readonly tolerance: Tolerance;
}
