import { passIf } from '../../faults/support/finding.ts';
import { isTouched, wakeLagsMs } from '../../faults/support/lookups.ts';
import { percentiles } from '../statistics.ts';
import type { Check } from './check.ts';

/** Far more than a message takes on a busy machine, and well below the median delay of polling every 200 ms. */
const BOUND_MS = 40;
/** Fewer waiters show nothing. */
const ENOUGH = 20;

/**
 * Checks that waiters are woken: half of those who wait for another replica's recompute have the value in their own replica
 * soon after the commit. Callers in the recomputing replica do not count: they have it anyway.
 */
export const woken: Check = {
  name: 'woken, not polling',
  judge(evidence) {
    if (!evidence.claim.woken) return undefined;
    const madeBy = new Map(
      evidence.cycles
        .filter((cycle) => !isTouched(evidence, cycle))
        .flatMap(({ recomputes }) => recomputes.map(({ version, by }) => [version, by] as const)),
    );
    const answered = evidence.answered.filter(
      ({ version, by }) => madeBy.has(version) && madeBy.get(version) !== by,
    );
    const lags = wakeLagsMs({ ...evidence, answered }, 'replica');
    const p50 = percentiles(lags)?.p50;
    if (p50 === undefined || lags.length < ENOUGH) return undefined;
    return passIf(
      p50 <= BOUND_MS,
      `half of ${lags.length} within ${p50.toFixed(1)} ms; bound ${BOUND_MS} ms`,
    );
  },
};
