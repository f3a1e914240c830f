import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf, takeOvers } from '../support/holder.ts';

/** Pauses the lease holder until another replica gets the lease, and resumes it while the other recomputes. */
export const pauseHolderOverlap: Expectation = {
  name: 'pause-holder-overlap',
  summary: 'SIGSTOP the holder, SIGCONT once another is granted',
  guard: 'a release ends only what is its own; the fence',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs, recomputeMs }) => ({
    extraRecomputes: 1,
    // A request to the paused replica is answered when the other replica is done.
    extraWaitMs: leaseMs + recomputeMs,
  }),
  verify(evidence, timeline) {
    const late = commitOf(evidence, timeline);
    const [second, ...more] = takeOvers(evidence, timeline);
    if (!late || !second || late.atStoreMs < second.atStoreMs)
      return { verdict: 'unknown', detail: 'missed: no late commit while another was recomputing' };
    const works = evidence.commits.find(({ fence }) => fence === second.fence);
    if (works && works.atStoreMs < late.atStoreMs)
      return { verdict: 'unknown', detail: 'missed: the other one had committed' };
    const [third] = more;
    return passIf(
      !late.accepted && works?.accepted === true && !third,
      `${late.accepted ? 'a late commit was accepted' : 'the late commit was refused'}; ` +
        (third
          ? `${third.by} was granted ${(third.atStoreMs - late.atStoreMs).toFixed(0)} ms after it, while ${second.by} recomputed`
          : `${second.by} ${works?.accepted ? 'kept its lease and committed' : 'did not commit'}`),
    );
  },
};
