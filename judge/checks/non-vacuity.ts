import { knownIf } from '../../faults/support/finding.ts';
import { crosses } from '../../faults/support/lookups.ts';
import { countOf } from '../evidence.ts';
import type { Check } from './check.ts';

/** Checks that the run tested anything: enough expiries happened, and enough requests crossed each. */
export const nonVacuity: Check = {
  name: 'expiries crossed under load',
  judge({ settings, judged, answered }) {
    const crossings = judged.map((cycle) => countOf(answered.filter((answer) => crosses(answer, cycle))));
    const fewest = Math.min(...crossings, Number.MAX_SAFE_INTEGER);
    const expected = Math.max(1, (settings.ratePerSecond * settings.recomputeMs) / 1000 / 2);
    const good = judged.length >= settings.expiries && fewest >= expected;
    return knownIf(
      good,
      `${judged.length} of ${settings.expiries} expiries, ${judged.length ? fewest : 0} or more requests each`,
    );
  },
};
