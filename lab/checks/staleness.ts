import { type Check, CLOCK_SLACK_MS, passIf } from './check.ts';
import { stalenessMs } from './evidence.ts';

/** Nothing is served further past its TTL than the strategy says. */
export const staleness: Check = {
  name: 'staleness bound',
  judge(evidence) {
    const bound = evidence.claim.maxStaleMs(evidence.settings) + evidence.tolerance.staleMs;
    const most = stalenessMs(evidence).reduce((a, b) => Math.max(a, b), 0);
    return passIf(
      most <= bound + CLOCK_SLACK_MS,
      `at most ${most.toFixed(1)} ms past the TTL; bound ${bound} ms`,
    );
  },
};
