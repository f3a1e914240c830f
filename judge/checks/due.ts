import type { Commit, Cycle, Evidence } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import type { StoreMs, WallMs } from '../../strategies/contract/index.ts';
import type { Check } from './check.ts';

/** Redis rounds the end of a value's life to whole milliseconds. */
const EXPIRY_ROUNDING_MS = 2;

/**
 * Checks that no cycle begins before the TTL has passed since the last accepted commit of the previous cycle, both by the
 * store's clock, unless the strategy recomputes early. A value that was invalidated or lost with the store is due at once.
 */
export const due: Check = {
  name: 'recomputed only when due',
  judge(evidence) {
    const { claim, commits, cycles, settings } = evidence;
    if (claim.early) return undefined;
    const shortestMs = settings.ttlMs * (1 - settings.ttlJitter);
    const accepted = commits.filter(({ accepted }) => accepted);
    const invalidatedStoreMs = invalidations(evidence);
    const earlyMs = cycles.slice(1).flatMap((cycle) => {
      const last = accepted.findLast(
        ({ by, atStoreMs, atWallMs }) =>
          atStoreMs < cycle.beganStoreMs && inOrderWith(evidence, cycle, by, atWallMs),
      );
      if (!last || wasForgotten(evidence, invalidatedStoreMs, last, cycle)) return [];
      const leftMs = last.atStoreMs + shortestMs - cycle.beganStoreMs;
      return leftMs > EXPIRY_ROUNDING_MS ? [leftMs] : [];
    });
    const expiries = `${Math.max(0, cycles.length - 1)} expiries`;
    if (earlyMs.length === 0) return passIf(true, `${expiries}, none early`);
    const most = Math.max(...earlyMs).toFixed(0);
    return passIf(false, `${earlyMs.length} of ${expiries} early, with a value good for ${most} ms more`);
  },
};

/** Tells whether a commit is in the order of values that the cycle's first recompute saw. In a cut network it may not be. */
function inOrderWith(
  { tolerance, timeline }: Evidence,
  { recomputes, beganWallMs }: Cycle,
  by: string,
  at: WallMs,
) {
  if (!timeline) return true;
  const order = tolerance.orderOf(recomputes[0]?.by ?? '', beganWallMs, beganWallMs, timeline);
  return order !== undefined && order === tolerance.orderOf(by, at, at, timeline);
}

/** Tells whether the commit's value was already gone, for a known reason, when the cycle began. */
function wasForgotten(
  { timeline, tolerance }: Evidence,
  invalidatedStoreMs: readonly StoreMs[],
  last: Commit,
  { beganStoreMs, beganWallMs }: Cycle,
) {
  if (tolerance.forgetsStore && timeline) {
    const { injectedWallMs, healedWallMs } = timeline;
    if (last.atWallMs < healedWallMs && beganWallMs > injectedWallMs) return true;
  }
  return invalidatedStoreMs.some((at) => at > last.atStoreMs && at <= beganStoreMs);
}

const invalidations = ({ events, settings }: Evidence): StoreMs[] =>
  events.flatMap((event) =>
    event.event === 'invalidated' && event.key === settings.key ? [event.storeAt] : [],
  );
