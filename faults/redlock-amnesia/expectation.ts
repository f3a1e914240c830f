import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf, takeOvers } from '../support/holder.ts';

/**
 * Restarts three of five lock servers empty while the lease is held, so that they have forgotten it. Never more than two
 * are gone at once, so a majority always answers. Waiters do not look again before the holder's term is over, so the fault
 * cuts the pub/sub connections too, as a cut network does. Then everybody looks, and one caller gets the lease that another
 * still holds. The presets leave time for the restarts. They also put the first renewal after the commit, since a renewal
 * would find the lease lost.
 */
export const redlockAmnesia: Expectation = {
  name: 'redlock-amnesia',
  summary: 'SIGKILL three of five lock servers and start them empty',
  guard: 'the fence beside the value: the majority has forgotten',
  presets: {
    LEASE_BACKEND: 'redlock',
    TTL: '3s',
    RECOMPUTE: '5s',
    LEASE: '18s',
    RATE: '100',
    EXPIRIES: '3',
  },
  needs: { LEASE_BACKEND: 'redlock' },
  tolerance: ({ recomputeMs }) => ({ extraRecomputes: 1, extraWaitMs: recomputeMs }),
  verify(evidence, timeline) {
    const first = commitOf(evidence, timeline);
    const [second, ...more] = takeOvers(evidence, timeline);
    if (!first || !second || second.atStoreMs > first.atStoreMs) {
      const lost = evidence.events.some(
        (event) => event.event === 'lease-lost' && event.fence === timeline.fence,
      );
      return {
        verdict: 'unknown',
        detail: lost
          ? 'its renewal found the lease lost, and nothing was written'
          : 'missed: no second holder',
      };
    }
    const aheadMs = (first.atStoreMs - second.atStoreMs).toFixed(0);
    return passIf(
      !first.accepted && more.length === 0,
      `${second.by} was granted what ${first.by} held, ${aheadMs} ms before its commit, ` +
        `which was ${first.accepted ? 'ACCEPTED' : 'refused'}; ${more.length} more were granted`,
    );
  },
};
