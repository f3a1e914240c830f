import { knownIf } from '../../faults/support/finding.ts';
import { forEachCrossed } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import type { Check } from './check.ts';

/**
 * Checks that the run tested anything: as many expiries as were wanted happened, and enough requests crossed each. Without a
 * fault the run may end in the middle of one more, so later expiries do not count here.
 */
export const nonVacuity: Check = {
  name: 'expiries crossed under load',
  judge({ settings, judged }) {
    const wanted = settings.fault ? judged : judged.slice(0, settings.expiries);
    const crossings = wanted.map(() => 0);
    const answers = answersTo((answer) =>
      forEachCrossed(wanted, answer, (expiry) => {
        crossings[expiry] = (crossings[expiry] ?? 0) + 1;
      }),
    );
    return together([answers], () => {
      const fewest = crossings.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
      const expected = Math.max(1, (settings.ratePerSecond * settings.recomputeMs) / 1000 / 2);
      const good = wanted.length >= settings.expiries && fewest >= expected;
      return knownIf(
        good,
        `${wanted.length} of ${settings.expiries} ${settings.invalidateMs === null ? 'expiries' : 'expiries and invalidations'}, ${wanted.length ? fewest : 0} or more requests each`,
      );
    });
  },
};
