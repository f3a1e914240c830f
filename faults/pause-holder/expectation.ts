import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf } from '../support/holder.ts';

/** Pauses the lease holder until another replica has committed. It wakes and believes that it still holds the lease. */
export const pauseHolder: Expectation = {
  name: 'pause-holder',
  summary: 'SIGSTOP the lease holder past its lease, then SIGCONT',
  guard: 'the fence: a late commit is refused',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs, recomputeMs }) => ({
    extraRecomputes: 1,
    // A request to the paused replica is answered when the replica resumes.
    extraWaitMs: 2 * leaseMs + recomputeMs,
  }),
  verify(evidence, timeline) {
    const late = commitOf(evidence, timeline);
    const newer = evidence.commits.find(({ accepted, fence }) => accepted && fence > (timeline.fence ?? 0));
    if (!late || !newer || late.atStoreMs < newer.atStoreMs) {
      const lost = evidence.events.some(
        (event) => event.event === 'lease-lost' && event.fence === timeline.fence,
      );
      return {
        verdict: 'unknown',
        detail: lost ? 'its renewal found the lease lost, and nothing was written' : 'missed: no late commit',
      };
    }
    return passIf(
      !late.accepted,
      `version ${late.version} ${late.accepted ? 'overwrote' : 'was refused behind'} version ${newer.version}, ${(late.atStoreMs - newer.atStoreMs).toFixed(0)} ms late`,
    );
  },
};
