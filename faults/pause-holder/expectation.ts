import type { FaultFinding } from '../support/answers/deadline.ts';
import { lateCommitIn } from '../support/answers/late-commit.ts';
import { nothingLost, takenOver } from '../support/answers/take-over.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { commitOf, dueWallMs, newerCommit } from '../support/holder.ts';
import { madeAgainWithinMs, SERVED_AFTER_MS } from '../support/outside/recovery.ts';
import { keptByFrozen, wokenLate } from '../support/outside/take-over.ts';
import { pointOf } from '../support/points.ts';
import type { Timeline } from '../support/timeline.ts';
import { together, type Witness } from '../support/witness.ts';

/** How long the holder stays frozen if the store has its value already, in leases. */
export const LEASES_AFTER_COMMIT = 1.5;

/** What Redis and a waiter's timer may add to the end of a lease. */
const SLACK_MS = 50;

/** Pauses the lease holder until another replica has committed. It wakes and believes that it still holds the lease. */
export const pauseHolder: Expectation = {
  name: 'pause-holder',
  summary: 'SIGSTOP the lease holder past its lease, then SIGCONT',
  guard: 'the fence: a late commit is refused',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  points: {
    granted:
      'One other process takes over within the lease. The grant reaches its holder too late, and nothing is written under it.',
    recomputing: 'Its late commit is refused behind the newer value.',
    committing: 'Its commit reaches the store behind the newer value, for certain, and the store refuses it.',
    committed: 'Nothing is lost: the others have the value, and nobody takes over.',
  },
  outside: {
    needsProcess: true,
    tolerance: (settings) => ({
      extraRecomputes: 1,
      // A request to the frozen replica is answered when it wakes.
      extraWaitMs: madeAgainWithinMs(settings) + SERVED_AFTER_MS,
      excuses: keptByFrozen,
    }),
    verify: wokenLate,
  },
  tolerance: (settings) => {
    const { leaseMs, recomputeMs } = settings;
    const isStored = pointOf(settings) === 'committed';
    return {
      extraRecomputes: isStored ? 0 : 1,
      // A request to the paused replica is answered when the replica resumes.
      extraWaitMs: isStored ? LEASES_AFTER_COMMIT * leaseMs : 2 * leaseMs + recomputeMs,
      degraded: 'victim',
    };
  },
  verify(evidence, timeline) {
    switch (pointOf(evidence.settings)) {
      case 'granted':
        return lateGrant(evidence, timeline);
      case 'recomputing':
        return journalledCommit(evidence, timeline);
      case 'committing':
        return heldCommit(evidence, timeline);
      case 'committed':
        return nothingLost(evidence, timeline);
    }
  },
};

/** By the time that it wakes, the holder has mostly given its call up; the grant lies there for nobody. */
function lateGrant(evidence: Evidence, timeline: Timeline): Witness<FaultFinding> {
  const untilDueMs = dueWallMs(evidence, timeline) - timeline.injectedWallMs;
  const over = takenOver(evidence, timeline, Math.max(evidence.settings.leaseMs, untilDueMs) + SLACK_MS);
  return together([over], () => {
    const found = over.end();
    const late = commitOf(evidence, timeline);
    if (late?.accepted) return passIf(false, `version ${late.version} was written under the late grant`);
    return {
      ...found,
      detail: `${found.detail}; under the late grant ${late ? 'a write was refused' : 'nothing was written'}`,
    };
  });
}

function journalledCommit(evidence: Evidence, timeline: Timeline): Finding {
  const late = commitOf(evidence, timeline);
  const newer = newerCommit(evidence, timeline);
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
}

function heldCommit(evidence: Evidence, timeline: Timeline): Finding {
  const late = lateCommitIn(evidence, timeline);
  const newer = newerCommit(evidence, timeline);
  if (!late) return { verdict: 'unknown', detail: 'missed: the late commit did not reach the store' };
  if (!newer || newer.atStoreMs >= late.atStoreMs)
    return { verdict: 'unknown', detail: 'missed: nobody had written before the late commit' };
  const behindMs = (late.atStoreMs - newer.atStoreMs).toFixed(0);
  return passIf(
    late.isRefused,
    `the commit under fence ${timeline.fence} was ${late.isRefused ? 'refused' : 'ACCEPTED'} ${behindMs} ms behind version ${newer.version}; the store then had version ${late.storedVersion}`,
  );
}
