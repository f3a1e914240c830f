// Shared by the faults that take the lease away and leave the values: whether they were served on.

import type { Settings } from '../../record/settings.ts';
import { longestQueueMs, type WallMs } from '../../strategies/contract/index.ts';
import type { Evidence, Recompute, Tolerance } from './evidence.ts';
import type { Timeline } from './timeline.ts';
import { countingAnswers, type Witness } from './witness.ts';

/** Gives how many processes recompute at once if each does so for itself. */
export const askersIn = ({ replicas, refreshers }: Settings): number => replicas + refreshers;

/** What a strategy may cost without its lease: a recompute per process, and stale values within the grace meanwhile. */
export const toleranceWithoutLease = (settings: Settings): Partial<Tolerance> => ({
  extraRecomputes: Number.POSITIVE_INFINITY,
  extraWaitMs: settings.leaseMs + longestQueueMs(askersIn(settings), settings),
  staleMs: settings.graceMs,
});

/** Lists the recomputes that began while the fault lasted. */
export const recomputesUnder = (
  { recomputes }: Pick<Evidence, 'recomputes'>,
  { injectedWallMs, healedWallMs }: Pick<Timeline, 'injectedWallMs' | 'healedWallMs'>,
): Recompute[] =>
  recomputes.filter(({ beganWallMs }) => beganWallMs > injectedWallMs && beganWallMs < healedWallMs);

/** Counts the stale answers of the store while the fault lasted. */
export const staleAnswersUnder = ({ injectedWallMs, healedWallMs }: Timeline): Witness<number> =>
  countingAnswers(
    ({ served, degraded, sentAt }) =>
      served === 'stale' && degraded !== true && sentAt > injectedWallMs && sentAt < healedWallMs,
  );

/** Counts the grants of the lease after a moment. */
export const grantsSince = ({ grants }: Pick<Evidence, 'grants'>, wallMs: WallMs): number =>
  grants.filter(({ atWallMs }) => atWallMs > wallMs).length;
