// Shared by the faults that take Redis away: what they may cost, and whether they were answered.

import type { Settings } from '../../record/settings.ts';
import { longestQueueMs } from '../../strategies/contract/index.ts';
import { mostAtOnce } from './answers/most-at-once.ts';
import type { Evidence, Tolerance } from './evidence.ts';
import type { Presets } from './expectation.ts';
import { type Finding, passIf } from './finding.ts';
import { commitOf, firstFillSince } from './holder.ts';
import { NOTICE_MS } from './lookups.ts';
import { pointOf } from './points.ts';
import type { Timeline } from './timeline.ts';
import { countingAnswers, together, type Witness } from './witness.ts';

/** One server: with Sentinels it would be a failover, which is another fault. */
export const needs: Presets = { STORE: 'single' };
export const presets: Presets = {
  ...needs,
  TTL: '2s',
  RECOMPUTE: '300ms',
  RATE: '200',
  EXPIRIES: '5',
};

export const tolerance = (settings: Settings): Partial<Tolerance> => ({
  degraded: 'everyone',
  extraRecomputes: Number.POSITIVE_INFINITY,
  // While a primary lacks the replicas that it needs, nobody gets a lease, and stale values are served.
  staleMs: settings.waitReplicas + settings.minReplicas > 0 ? settings.graceMs : 0,
  // Without Redis each replica recomputes for itself, once at a time. Those beyond the origin's capacity queue.
  extraWaitMs: 2 * settings.leaseMs + longestQueueMs(settings.replicas, settings),
});

/**
 * Judges whether each replica served itself while Redis was gone, with one recompute at a time, and whether afterwards one
 * recompute filled the key for all and no value from the outage was written.
 */
export function verify(
  evidence: Evidence,
  timeline: Timeline,
  { forgetsStore }: Pick<Tolerance, 'forgetsStore'>,
): Witness<Finding> {
  const degraded = countingAnswers((answer) => answer.degraded === true);
  return together([degraded], () => findingFrom(evidence, timeline, degraded.end(), forgetsStore));
}

/** Tells whether the victim's write was accepted after the blow: an emptied store must not take it. */
export const isWrittenLate = (evidence: Evidence, timeline: Timeline): boolean => {
  const commit = commitOf(evidence, timeline);
  return commit?.accepted === true && commit.atWallMs > timeline.injectedWallMs;
};

function findingFrom(
  evidence: Evidence,
  timeline: Timeline,
  degraded: number,
  forgetsStore: boolean,
): Finding {
  const { recomputes, commits, settings } = evidence;
  const { plannedWallMs, injectedWallMs, healedWallMs } = timeline;
  const alone = recomputes.filter(
    ({ seenStoreMs, beganWallMs }) =>
      seenStoreMs === undefined && beganWallMs > plannedWallMs && beganWallMs < healedWallMs + NOTICE_MS,
  );
  if (alone.length === 0 || degraded === 0)
    return { verdict: 'unknown', detail: 'missed: nobody had to do without Redis' };
  const atOnce = mostAtOnce(alone);
  const madeAlone = new Set(alone.map(({ version }) => version));
  const written = commits.filter(({ accepted, version }) => accepted && madeAlone.has(version)).length;
  const cold = firstFillSince(evidence, injectedWallMs, timeline.fence).length;
  const isWritten = forgetsStore && isWrittenLate(evidence, timeline);
  return passIf(
    atOnce <= settings.replicas && written === 0 && !isWritten && cold === 1,
    `${degraded} answers without Redis, ${atOnce} recomputes at once; ${written} of them written later; ` +
      `the holder's write ${fateOf(evidence, timeline)}; first fill afterwards: ${cold} recompute`,
  );
}

/** Says what became of the write of the holder that worked when Redis was hit. */
export function fateOf(evidence: Evidence, timeline: Timeline): string {
  const commit = commitOf(evidence, timeline);
  if (!commit) return pointOf(evidence.settings) === 'committed' ? 'was accepted before' : 'got no answer';
  if (!commit.accepted) return 'was refused';
  return isWrittenLate(evidence, timeline) ? 'was accepted late' : 'was accepted before';
}
