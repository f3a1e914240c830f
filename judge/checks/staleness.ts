import { passIf } from '../../faults/support/finding.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import { stalenessMs } from '../evidence.ts';
import type { Check } from './check.ts';

/** Checks that no value is served longer past its TTL than the strategy claims. */
export const staleness: Check = {
  name: 'staleness bound',
  judge(evidence) {
    const { claim, settings, tolerance } = evidence;
    const claimed = claim.maxStaleMs(settings);
    // A fault that delays a fill makes requests wait for it, or get stale values until it.
    const bound = claimed + tolerance.staleMs + (claimed > 0 ? tolerance.extraWaitMs : 0);
    const most = stalenessMs(evidence).reduce((most, { ms }) => Math.max(most, ms), 0);
    return passIf(
      most <= bound + CLOCK_SLACK_MS,
      `at most ${most.toFixed(1)} ms past the TTL; bound ${bound} ms`,
    );
  },
};
