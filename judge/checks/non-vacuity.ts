import type { Cycle, Evidence } from '../../faults/support/evidence.ts';
import { knownIf } from '../../faults/support/finding.ts';
import { extraRecomputesIn, forEachCrossed } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import type { Settings } from '../../record/settings.ts';
import type { Check } from './check.ts';

/** Where nobody can tell one expiry from the next while a fault lasts: how many there must be before and after it. */
const LEAST_BESIDE_FAULT = 3;

/** Gives how many expiries beside a fault show enough, if those that it touches show nothing. */
export const leastBesideFault = ({ expiries }: Pick<Settings, 'expiries'>): number =>
  Math.min(LEAST_BESIDE_FAULT, expiries);

/** Tells whether the expiry is held to anything. Those of a service whose replicas were each on their own are not. */
const isHeld = (evidence: Evidence, cycle: Cycle): boolean =>
  extraRecomputesIn(evidence, cycle) < Number.POSITIVE_INFINITY;

/**
 * Checks that the run tested anything: as many expiries as were wanted happened, and enough requests crossed each. Without a
 * fault the run may end in the middle of one more, so later expiries do not count here.
 */
export const nonVacuity: Check = {
  name: 'expiries crossed under load',
  judge(evidence) {
    const { settings, judged, struck } = evidence;
    const all = settings.fault ? judged : judged.slice(0, settings.expiries);
    const wanted = isForeign(settings) ? all.filter((cycle) => isHeld(evidence, cycle)) : all;
    const isOutage = struck.some(({ tolerance }) => tolerance.extraRecomputes === Number.POSITIVE_INFINITY);
    const needed = isForeign(settings) && isOutage ? leastBesideFault(settings) : settings.expiries;
    const crossings = wanted.map(() => 0);
    const answers = answersTo((answer) =>
      forEachCrossed(wanted, answer, (expiry) => {
        crossings[expiry] = (crossings[expiry] ?? 0) + 1;
      }),
    );
    return together([answers], () => {
      const fewest = crossings.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
      const expected = Math.max(1, (settings.ratePerSecond * settings.recomputeMs) / 1000 / 2);
      const good = wanted.length >= needed && fewest >= expected;
      return knownIf(
        good,
        `${wanted.length} of ${needed} ${settings.invalidateMs === null ? 'expiries' : 'expiries and invalidations'}, ${wanted.length ? fewest : 0} or more requests each`,
      );
    });
  },
};
