import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf, takeOvers } from '../support/holder.ts';

/** The share of a lease that is always left, since it is renewed every third of its term. A shorter pause costs nothing. */
const LEAST_LEFT = 2 / 3;

/** The pause, as a share of the lease. */
export const SHARE_OF_LEASE = 0.4;

/** Pauses the lease holder for less than its lease. Nobody takes over. */
export const pauseHolderBrief: Expectation = {
  name: 'pause-holder-brief',
  summary: 'SIGSTOP the lease holder for less than its lease',
  guard: 'renewal keeps enough of the lease in hand',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs }) => ({ extraWaitMs: leaseMs * SHARE_OF_LEASE }),
  verify(evidence, timeline) {
    const commit = commitOf(evidence, timeline);
    if (commit && commit.atWallMs < timeline.healedWallMs)
      return { verdict: 'unknown', detail: 'missed: it had committed before' };
    const others = takeOvers(evidence, timeline).filter(
      ({ fence }) => fence < (commit?.fence ?? Number.POSITIVE_INFINITY),
    );
    const { leaseMs } = evidence.settings;
    const pausedMs = timeline.healedWallMs - timeline.injectedWallMs;
    const good = commit?.accepted === true && others.length === 0;
    const detail = `paused ${pausedMs.toFixed(0)} ms of a ${leaseMs} ms lease; its commit was ${commit?.accepted ? 'accepted' : 'not accepted'}`;
    if (!good && pausedMs >= LEAST_LEFT * leaseMs)
      return { verdict: 'unknown', detail: `missed: ${detail}, which that long a pause may cost` };
    return passIf(good, detail);
  },
};
