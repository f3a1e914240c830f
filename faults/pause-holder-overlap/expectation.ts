import { lateCommitIn } from '../support/answers/late-commit.ts';
import type { Commit, Evidence, Granted } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { commitOf, takeOvers } from '../support/holder.ts';
import { pointOf } from '../support/points.ts';
import type { Timeline } from '../support/timeline.ts';

/** Pauses the lease holder until another replica gets the lease, and resumes it while the other recomputes. */
export const pauseHolderOverlap: Expectation = {
  name: 'pause-holder-overlap',
  summary: 'SIGSTOP the holder, SIGCONT once another is granted',
  guard: 'a release ends only what is its own; the fence',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  // A holder that does not know of its grant writes nothing when it wakes, and after its commit there is no other holder.
  points: {
    recomputing: 'Its late commit is refused. The other one keeps its lease and commits.',
    committing:
      'Its commit reaches the store while the other one works, for certain, and is refused. The other one keeps its lease and commits.',
  },
  tolerance: ({ leaseMs, recomputeMs }) => ({
    extraRecomputes: 1,
    // A request to the paused replica is answered when the other replica is done.
    extraWaitMs: leaseMs + recomputeMs,
    degraded: 'victim',
  }),
  verify(evidence, timeline) {
    const late = lateWrite(evidence, timeline);
    const [second, ...more] = takeOvers(evidence, timeline);
    if (!late || !second || late.atStoreMs < second.atStoreMs)
      return { verdict: 'unknown', detail: 'missed: no late commit while another was recomputing' };
    const works = evidence.commits.find(({ fence }) => fence === second.fence);
    if (works && works.atStoreMs < late.atStoreMs)
      return { verdict: 'unknown', detail: 'missed: the other one had committed' };
    return findingFrom(late, works, second, more[0]);
  },
};

/** The victim's commit, from its own journal or, where it was held on its way, from the store. */
function lateWrite(evidence: Evidence, timeline: Timeline) {
  if (pointOf(evidence.settings) === 'committing') return lateCommitIn(evidence, timeline);
  const commit = commitOf(evidence, timeline);
  return commit && { atStoreMs: commit.atStoreMs, isRefused: !commit.accepted };
}

function findingFrom(
  late: { readonly atStoreMs: number; readonly isRefused: boolean },
  works: Commit | undefined,
  second: Granted,
  third: Granted | undefined,
): Finding {
  return passIf(
    late.isRefused && works?.accepted === true && !third,
    `${late.isRefused ? 'the late commit was refused' : 'a late commit was accepted'}; ` +
      (third
        ? `${third.by} was granted ${(third.atStoreMs - late.atStoreMs).toFixed(0)} ms after it, while ${second.by} recomputed`
        : `${second.by} ${works?.accepted ? 'kept its lease and committed' : 'did not commit'}`),
  );
}
