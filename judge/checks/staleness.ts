import { passIf } from '../../faults/support/finding.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { CLOCK_SLACK_MS, CLOCKS_UNKNOWN } from '../clocks.ts';
import { stalenessRange } from '../staleness.ts';
import type { Check } from './check.ts';

/**
 * Checks that no value is served longer past its TTL than the strategy claims. An answer whose version has no known commit
 * is neither fresh nor stale. A commit that was settled by other evidence has a range of moments: the check fails if an
 * answer is too old by all of them, and is unknown if it is too old by some.
 */
export const staleness: Check = {
  name: 'staleness bound',
  judge(evidence) {
    const { claim, settings, tolerance, clockErrorMs } = evidence;
    if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
    const claimed = claim.maxStaleMs(settings);
    // A fault that delays a fill makes requests wait for it, or get stale values until it.
    const bound = claimed + tolerance.staleMs + (claimed > 0 ? tolerance.extraWaitMs : 0);
    const allowedMs = bound + CLOCK_SLACK_MS + clockErrorMs;
    const stalenessOf = stalenessRange(evidence);
    let [dated, least, most] = [0, 0, 0];
    const answers = answersTo((answer) => {
      const found = stalenessOf(answer);
      if (!found) return;
      dated += 1;
      least = Math.max(least, found.leastMs);
      most = Math.max(most, found.mostMs);
    });
    return together([answers], () => {
      const past = (ms: number) => `at most ${ms.toFixed(1)} ms past the TTL; bound ${bound} ms`;
      if (least > allowedMs) return passIf(false, past(least));
      if (most > allowedMs)
        return {
          verdict: 'unknown',
          detail: `${past(most)}, or ${least.toFixed(1)} ms: a commit has no exact time`,
        };
      if (dated === 0) return { verdict: 'unknown', detail: 'no answer came from the store' };
      return passIf(true, past(most));
    });
  },
};
