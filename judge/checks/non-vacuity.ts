import { knownIf } from '../../faults/support/finding.ts';
import { forEachCrossed } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import type { Check } from './check.ts';

/** Checks that the run tested anything: enough expiries happened, and enough requests crossed each. */
export const nonVacuity: Check = {
  name: 'expiries crossed under load',
  judge({ settings, judged }) {
    const crossings = judged.map(() => 0);
    const answers = answersTo((answer) =>
      forEachCrossed(judged, answer, (expiry) => {
        crossings[expiry] = (crossings[expiry] ?? 0) + 1;
      }),
    );
    return together([answers], () => {
      const fewest = crossings.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
      const expected = Math.max(1, (settings.ratePerSecond * settings.recomputeMs) / 1000 / 2);
      const good = judged.length >= settings.expiries && fewest >= expected;
      return knownIf(
        good,
        `${judged.length} of ${settings.expiries} expiries, ${judged.length ? fewest : 0} or more requests each`,
      );
    });
  },
};
