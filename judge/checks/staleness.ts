import { passIf } from '../../faults/support/finding.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { CLOCK_SLACK_MS, CLOCKS_UNKNOWN } from '../clocks.ts';
import { staleness as stalenessIn } from '../evidence.ts';
import type { Check } from './check.ts';

/** Checks that no value is served longer past its TTL than the strategy claims. */
export const staleness: Check = {
  name: 'staleness bound',
  judge(evidence) {
    const { claim, settings, tolerance, clockErrorMs } = evidence;
    if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
    const claimed = claim.maxStaleMs(settings);
    // A fault that delays a fill makes requests wait for it, or get stale values until it.
    const bound = claimed + tolerance.staleMs + (claimed > 0 ? tolerance.extraWaitMs : 0);
    const stalenessOf = stalenessIn(evidence);
    let most = 0;
    const answers = answersTo((answer) => {
      most = Math.max(most, stalenessOf(answer) ?? 0);
    });
    return together([answers], () =>
      passIf(
        most <= bound + CLOCK_SLACK_MS + clockErrorMs,
        `at most ${most.toFixed(1)} ms past the TTL; bound ${bound} ms`,
      ),
    );
  },
};
