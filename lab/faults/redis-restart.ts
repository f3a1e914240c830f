import { passIf } from '../checks/check.ts';
import type { Fault } from './fault.ts';
import { plan, presets, tolerance } from './redis-outage.ts';

/** Redis is killed, and at once back with nothing in it: values, leases and fences are forgotten. */
export const redisRestart: Fault = {
  name: 'redis-restart',
  summary: 'SIGKILL Redis and start it empty',
  guard: 'a commit needs the newest fence; fences rise by time',
  presets,
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  plan,
  inject: ({ cluster }) => cluster.kill('redis'),
  heal: ({ cluster }) => cluster.restart('redis'),
  verify(evidence, timeline) {
    const late = evidence.commits.find(
      ({ fence, at }) => fence === timeline.fence && at > timeline.injectedAt,
    );
    const cold = evidence.cycles.find(({ beganAt }) => beganAt > timeline.injectedAt);
    const recomputes = cold?.recomputes.filter(({ seenAt }) => seenAt !== undefined).length ?? 0;
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
