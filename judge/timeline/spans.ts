import type { CycleCause } from '../../faults/support/evidence.ts';
import type { RecomputeEnding } from '../../record/ledger.ts';
import type { WallMs } from '../../strategies/contract/index.ts';

/** A call of the origin, from its arrival there. */
export interface RecomputeSpan {
  readonly by: string;
  readonly version: number;
  readonly arrivedWallMs: WallMs;
  /** When it left the queue. */
  readonly beganWallMs: WallMs;
  /** Absent: it has not ended, as far as the ledger says. */
  readonly endedWallMs?: WallMs;
  readonly ending?: RecomputeEnding;
}

/**
 * How a lease ended. `committed`: with the value stored. `released`: its holder gave it back. `failed`: it gave it back since the
 * recompute had failed. `lost`: its holder found that it had ended. `ran-out`: somebody else was granted it meanwhile. `open`: it has
 * not ended, as far as the journals say.
 */
export type LeaseEnd = 'committed' | 'released' | 'failed' | 'lost' | 'ran-out' | 'open';

/** A lease, from its grant on. */
export interface LeaseSpan {
  readonly by: string;
  readonly fence: number;
  readonly grantedWallMs: WallMs;
  readonly renewedWallMs: readonly WallMs[];
  /** Of an open one: when it runs out unless it is renewed. */
  readonly endedWallMs: WallMs;
  readonly end: LeaseEnd;
}

/** A replica's wait for another one's recompute. */
export interface WaitSpan {
  readonly by: string;
  readonly fromWallMs: WallMs;
  /** Absent: it has not ended. */
  readonly untilWallMs?: WallMs;
  readonly outcome?: 'filled' | 'look-again' | 'timed-out';
}

/** A write that the store decided on. */
export interface CommitMark {
  readonly by: string;
  readonly version: number;
  readonly fence: number;
  readonly atWallMs: WallMs;
  readonly accepted: boolean;
}

/** A fill that a waiting replica heard. */
export interface WakeUp {
  readonly by: string;
  readonly fence: number;
  readonly atWallMs: WallMs;
}

/** What a fault did, and when. A moment that is not recorded is absent. */
export interface FaultSpan {
  readonly fault: string;
  readonly victim: string;
  /** The replicas that stayed with the victim when the network was cut. */
  readonly near?: readonly string[];
  readonly plannedWallMs?: WallMs;
  readonly injectedWallMs?: WallMs;
  readonly healedWallMs?: WallMs;
  readonly notes: readonly { readonly what: string; readonly atWallMs: WallMs }[];
}

/** The replacement of one version. */
export interface ExpirySpan {
  readonly replaces: number;
  readonly cause: CycleCause;
  readonly beganWallMs: WallMs;
  /** Absent: no newer version was stored. */
  readonly filledWallMs?: WallMs;
  readonly recomputes: number;
  /** Whether the checks count it: it was filled under load, and is no cold start. */
  readonly isJudged: boolean;
}

/** A list that has an end: the first ones, and how many more there are. */
export interface Listed<T> {
  readonly listed: readonly T[];
  readonly leftOut: number;
}

/** Keeps so many at the most. */
export const listed = <T>(all: readonly T[], most: number): Listed<T> => ({
  listed: all.slice(0, most),
  leftOut: Math.max(0, all.length - most),
});
