import { passIf } from '../../faults/support/finding.ts';
import { isTouched, wakeLagsMs } from '../../faults/support/lookups.ts';
import { percentiles } from '../statistics.ts';
import type { Check } from './check.ts';

/** Far above what a message takes on a busy machine, and well below what half of those who look every 200 ms see. */
const BOUND_MS = 40;
/** Fewer waiters tell nothing. */
const ENOUGH = 20;

/**
 * Half of those who wait for another replica's recompute have the value, in their own replica's hands, soon after the
 * commit: they were told of it. Who waits in the replica that recomputes has it anyway.
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
