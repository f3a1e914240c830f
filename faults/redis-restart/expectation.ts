import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { needs, presets, tolerance } from '../support/redis-outage.ts';

/** Kills Redis and restarts it empty at once: it has forgotten values, leases and fences. */
export const redisRestart: Expectation = {
  name: 'redis-restart',
  summary: 'SIGKILL Redis and start it empty',
  guard: 'a commit needs the newest fence; fences rise by time',
  presets,
  needs,
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  verify(evidence, timeline) {
    const killedAt = timeline.noteOf('killed')?.atWallMs ?? Number.POSITIVE_INFINITY;
    const late = evidence.commits.find(({ fence }) => fence === timeline.fence);
    if (late && late.atWallMs <= killedAt)
      return { verdict: 'unknown', detail: 'missed: it had committed before' };
    const cold = evidence.cycles.find(({ beganWallMs }) => beganWallMs > timeline.injectedWallMs);
    const recomputes = cold?.recomputes.filter(({ seenStoreMs }) => seenStoreMs !== undefined).length ?? 0;
    const refused =
      late === undefined
        ? 'the fill under way was not written'
        : late.accepted
          ? 'the fill under way WAS written'
          : 'the fill under way was refused';
    return passIf(
      late?.accepted !== true && recomputes === 1,
      `${refused}; cold start of the fleet: ${recomputes} recompute`,
    );
  },
};
