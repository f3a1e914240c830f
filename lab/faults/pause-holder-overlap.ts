import { passIf } from '../checks/check.ts';
import type { Fault } from './fault.ts';
import { commitOf, nextHolder, takeOvers } from './holder.ts';

/** SIGSTOP to the lease holder until another replica has been granted the lease: it comes back while that one works. */
export const pauseHolderOverlap: Fault = {
  name: 'pause-holder-overlap',
  summary: 'SIGSTOP the holder, SIGCONT once another is granted',
  guard: 'a release ends only what is its own; the fence',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs, recomputeMs }) => ({
    extraRecomputes: 1,
    // A request to the paused replica is answered once the other one is done.
    extraWaitMs: leaseMs + recomputeMs,
  }),
  plan: nextHolder,
  async inject({ cluster, until, journals, settings }, { victim, fence = 0 }) {
    await cluster.pause(victim);
    const granted = () =>
      journals.events.find(
        (event) => event.event === 'granted' && event.key === settings.key && event.fence > fence,
      );
    await until('a grant to another replica', granted, settings.leaseMs + 5000);
  },
  heal: ({ cluster }, { victim }) => cluster.resume(victim),
  verify(evidence, timeline) {
    const late = commitOf(evidence, timeline);
    const [second, ...more] = takeOvers(evidence, timeline);
    if (!late || !second || late.at < second.storeAt)
      return { verdict: 'unknown', detail: 'missed: no late commit while another was recomputing' };
    const works = evidence.commits.find(({ fence }) => fence === second.fence);
    if (works && works.at < late.at)
      return { verdict: 'unknown', detail: 'missed: the other one had committed' };
    const [third] = more;
    return passIf(
      !late.accepted && works?.accepted === true && !third,
      `${late.accepted ? 'a late commit was accepted' : 'the late commit was refused'}; ` +
        (third
          ? `${third.by} was granted ${(third.storeAt - late.at).toFixed(0)} ms after it, while ${second.by} recomputed`
          : `${second.by} ${works?.accepted ? 'kept its lease and committed' : 'did not commit'}`),
    );
  },
};
