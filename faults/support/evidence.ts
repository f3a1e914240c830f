import type { Arrival } from '../../record/arrival.ts';
import type { HerdFacts, RunData, RunFacts } from '../../record/facts.ts';
import type { RecomputeEnding } from '../../record/ledger.ts';
import type { Claim, StoreMs, WallMs } from '../../strategies/contract/index.ts';
import type { Timeline } from './timeline.ts';

/** A recompute from the origin's ledger, its begin and its end together. */
export interface Recompute {
  readonly id: number;
  readonly version: number;
  readonly by: string;
  /** When the asker saw the need, by the store's clock; absent if it had no store: see degraded.ts. */
  readonly seenStoreMs?: StoreMs;
  /** The newest version ever committed by then, which it set out to replace; absent if it had no store. */
  readonly replaces?: number;
  readonly beganWallMs: WallMs;
  /** Absent if it still runs, or if the origin died meanwhile. */
  readonly endedWallMs?: WallMs;
  readonly ending?: RecomputeEnding;
}

/** A write, with its place in the store's order. */
export interface Commit {
  readonly version: number;
  readonly fence: number;
  readonly accepted: boolean;
  /** When the store decided; if {@link Commit.until} is there, the earliest moment at which it can have done so. */
  readonly atStoreMs: StoreMs;
  /** The same moment by the wall clock: see judge/clocks.ts. */
  readonly atWallMs: WallMs;
  readonly by: string;
  /**
   * The latest moment at which the store can have decided, if its reply never reached the journal and other evidence shows
   * that it accepted the write: see judge/operations/settled-commits.ts. Absent: `atStoreMs` is exact.
   */
  readonly until?: { readonly storeMs: StoreMs; readonly wallMs: WallMs };
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
 * Why a value had to be made. `cold`: nobody had stored one. `expiry`: it was due, or soon. `invalidation`: it was
 * invalidated. `forgotten`: the store had lost it, so its newest version had fallen. `corruption`: the lab had made it unreadable.
 */
export type CycleCause = 'cold' | 'expiry' | 'invalidation' | 'forgotten' | 'corruption';

/**
 * The replacement of one version: all recomputes that set out to replace it, whether they came early, late or one after
 * another. See judge/cycles.ts.
 */
export interface Cycle {
  /** The version that they set out to replace; 0: the store knew of none. */
  readonly replaces: number;
  readonly cause: CycleCause;
  /** When the first of them saw the need, by the store's clock. */
  readonly beganStoreMs: StoreMs;
  /** The same moment by the wall clock. */
  readonly beganWallMs: WallMs;
  readonly recomputes: readonly Recompute[];
  /** When a newer version was stored. */
  readonly filledStoreMs?: StoreMs;
  /** The same moment by the wall clock. */
  readonly filledWallMs?: WallMs;
}

/** An answered request. */
export type Answered = Arrival & Required<Pick<Arrival, 'sentAt' | 'endedAt' | 'served' | 'version'>>;

/** What a fault may cost in a run that still passes. Everything else is judged as in any run. */
export interface Tolerance {
  /** Recomputes beyond the claim in a cycle that the fault touches. */
  readonly extraRecomputes: number;
  /** Time beyond the bound that a request may wait. */
  readonly extraWaitMs: number;
  /** Time past its TTL that a value may be served. */
  readonly staleMs: number;
  /**
   * Gives the order of values that a replica was in between two moments. The checks compare only within an order.
   * Undefined: in none, since it changed meanwhile.
   */
  orderOf(by: string, fromWallMs: WallMs, toWallMs: WallMs, timeline: Timeline): string | undefined;
  /** Whether the store loses its contents, so that a value may be recomputed early. */
  readonly forgetsStore: boolean;
  /** How long after the heal a cycle still belongs to the fault. */
  readonly aftermathMs: number;
  /** Who may answer without the store while the fault lasts. */
  readonly degraded: 'nobody' | 'victim' | 'everyone';
  /** Tells whether the fault accounts for this failed request, by what the store had accepted. */
  excuses(arrival: Arrival, timeline: Timeline, stored: Pick<Evidence, 'commits' | 'recomputes'>): boolean;
}

/** A fault that was injected: when it came and went, and what it may cost. */
export interface Struck {
  readonly timeline: Timeline;
  readonly tolerance: Tolerance;
}

/**
 * The record of a run, laid out for the checks and for the expectations of faults. The arrivals are not in it: they may be
 * millions, so they pass by once. See witness.ts.
 */
export interface Evidence
  extends Pick<RunData, 'facts' | 'ledger' | 'events'>,
    Pick<RunFacts, 'settings' | 'casualties'> {
  /** What the strategy promises, alone or behind proxies. */
  readonly claim: Claim;
  readonly herd: HerdFacts;
  readonly recomputes: readonly Recompute[];
  readonly commits: readonly Commit[];
  /** In the order in which they were recorded. */
  readonly grants: readonly Granted[];
  /** When the key was invalidated, by the store's clock and by the wall clock. */
  readonly invalidations: readonly { readonly atStoreMs: StoreMs; readonly atWallMs: WallMs }[];
  /** In the order in which they began. The first one fills the cold cache. */
  readonly cycles: readonly Cycle[];
  /**
   * The expiries that were filled before the last request fell due, in the order in which they were. With `INVALIDATE`, also
   * the values that were replaced after an invalidation.
   */
  readonly judged: readonly Required<Cycle>[];
  /**
   * When the warm-up was over: the cold cache filled, the herd's connections open. Before, the herd opens thousands of
   * connections. Wall time in ms.
   */
  readonly warmWallMs: WallMs;
  /** The faults that were injected. */
  readonly struck: readonly Struck[];
}
