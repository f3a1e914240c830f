import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { commitOf, firstFillSince } from '../support/holder.ts';
import { redisOutage } from '../support/outside/redis-outage.ts';
import { pointOf } from '../support/points.ts';
import { fateOf, isWrittenLate, needs, presets, tolerance } from '../support/redis-outage.ts';
import type { Timeline } from '../support/timeline.ts';

const COLD_START = 'One recompute fills the empty store.';

/** Kills Redis and restarts it empty at once: it has forgotten values, leases and fences. */
export const redisRestart: Expectation = {
  name: 'redis-restart',
  summary: 'SIGKILL Redis and start it empty',
  guard: 'a commit needs the newest fence; fences rise by time',
  // The recompute outlasts the restart and ends before the first renewal, so that its late commit is tried.
  presets: { ...presets, RECOMPUTE: '1500ms', LEASE: '6s', EXPIRIES: '3' },
  needs,
  outside: redisOutage(true),
  points: {
    granted: `The grant is lost with the connection. ${COLD_START}`,
    recomputing: `The fill under way is refused, though every fence is forgotten. ${COLD_START}`,
    committing: `The write is lost with the connection. ${COLD_START}`,
    committed: `The value is lost with the store. ${COLD_START}`,
  },
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  verify(evidence, timeline) {
    const cold = firstFillSince(evidence, timeline.injectedWallMs, timeline.fence);
    const isWrong = isWrittenLate(evidence, timeline) || cold.length !== 1;
    const detail = `the holder's write ${fateOf(evidence, timeline)}; cold start of the fleet: ${cold.length} recompute`;
    return (isWrong ? undefined : whyUnknown(evidence, timeline)) ?? passIf(!isWrong, detail);
  },
};

/** Says why a run in which nothing went wrong does not show what it should; undefined if it does. */
function whyUnknown(evidence: Evidence, timeline: Timeline): Finding | undefined {
  const unknown = (detail: string): Finding => ({ verdict: 'unknown', detail });
  const late = commitOf(evidence, timeline);
  const [first] = firstFillSince(evidence, timeline.injectedWallMs, timeline.fence);
  if (pointOf(evidence.settings) !== 'committed' && late?.accepted)
    return unknown('missed: it had committed before');
  if (pointOf(evidence.settings) === 'recomputing' && !late)
    return unknown('missed: the late commit never arrived, so the fence was not tested');
  if ((first?.replaces ?? 0) > 0) return unknown('missed: Redis had forgotten nothing');
  return undefined;
}
