// What may follow when a lease holder dies: another takes over, or nothing was left to do.

import type { Arrival } from '../../../record/arrival.ts';
import type { Evidence } from '../evidence.ts';
import { type Finding, passIf } from '../finding.ts';
import { commitOf, firstFillSince, takeOvers, versionOf } from '../holder.ts';
import { delayByOthersMs } from '../lookups.ts';
import type { Timeline } from '../timeline.ts';
import { counting, countingAnswers, together, type Witness } from '../witness.ts';
import { type FaultFinding, passIfBy } from './deadline.ts';

/** Judges whether exactly one other process took over the victim's lease, so long after the blow at the latest. */
export function takenOver(evidence: Evidence, timeline: Timeline, ownBoundMs: number): Witness<FaultFinding> {
  const { victim, injectedWallMs } = timeline;
  const boundMs = ownBoundMs + delayByOthersMs(evidence, timeline);
  const asked = counting(
    (arrival) =>
      sentTo(arrival) !== victim &&
      arrival.dueAt > injectedWallMs &&
      arrival.dueAt < injectedWallMs + boundMs,
  );
  return together([asked], () => {
    if (commitOf(evidence, timeline)?.accepted)
      return { verdict: 'unknown', detail: 'missed: the victim had committed' };
    const [first, ...more] = takeOvers(evidence, timeline);
    if (!first) {
      const detail = 'nobody took over';
      return asked.end() > 0
        ? passIf(false, detail)
        : { verdict: 'unknown', detail: `missed: ${detail}, and nobody asked for the value` };
    }
    const afterMs = first.atWallMs - injectedWallMs;
    const bound = Math.round(boundMs);
    const detail = `${first.by} took over from ${victim} after ${afterMs.toFixed(0)} ms (bound ${bound}); ${more.length} more tried`;
    if (more.length > 0) return passIf(false, detail);
    return passIfBy(injectedWallMs + bound, first.atWallMs, detail, evidence, timeline);
  });
}

/**
 * Judges whether nothing was lost when the victim was hit after the store had its value: the others had that value, and
 * the next recompute replaced it, and no older one. Whether that came too early is for another check.
 */
export function nothingLost(evidence: Evidence, timeline: Timeline): Witness<Finding> {
  const { plannedWallMs, injectedWallMs, holder } = timeline;
  const version = versionOf(evidence, timeline);
  const others = countingAnswers(
    (answer) => answer.version === version && answer.by !== holder && answer.sentAt > injectedWallMs,
  );
  return together([others], () => {
    if (version === undefined) return { verdict: 'unknown', detail: 'missed: the victim wrote nothing' };
    const [next, ...more] = firstFillSince(evidence, plannedWallMs, timeline.fence);
    if (next?.replaces === undefined)
      return { verdict: 'unknown', detail: 'missed: nobody replaced the value afterwards' };
    if (others.end() === 0 && next.replaces === version)
      return { verdict: 'unknown', detail: 'missed: nobody else asked for the value' };
    return passIf(
      next.replaces === version,
      `version ${version} was stored; ${others.end()} answers with it by others; the next recompute` +
        `${more.length > 0 ? ` (of ${more.length + 1})` : ''} replaced version ${next.replaces}`,
    );
  });
}

const sentTo = ({ by, to }: Arrival): string | undefined => by ?? to;
