import { formatDuration } from '../../../record/duration.ts';
import { until } from '../../../services/shared/until.ts';
import { notMet, ok, optional, type Part } from '../part.ts';
import { FIRST } from '../stage.ts';
import { recomputesAsItself } from './answering.ts';

/** Long enough to be under way when the signal comes. */
const RECOMPUTE_MS = 1000;
const BEGINS_WITHIN_MS = 10_000;

export const endsWhenTold: Part = {
  name: 'it ends on SIGTERM',
  needs: [recomputesAsItself],
  async check(stage) {
    const key = 'check-end';
    await stage.tellOrigin({ recomputeMs: RECOMPUTE_MS });
    const underWay = stage.ask(FIRST, key);
    await until('a recompute', () => stage.recomputesOf(key).length > 0, {
      withinMs: BEGINS_WITHIN_MS,
      everyMs: 10,
      signal: stage.signal,
    });
    const instance = await stage.instance(FIRST);
    const ended = await instance.stop(stage.signal);
    const { status } = await underWay;
    if (!ended)
      return notMet(
        `it still ran ${formatDuration(stage.limits.drainMs)} after a SIGTERM`,
        'end the process on SIGTERM, once the requests under way are answered',
      );
    if (status === 200) return ok('it answered the request under way first');
    return optional(
      'it ended, and left the request under way without an answer',
      'a rolling restart loses such requests. Answer them before the process ends',
    );
  },
};
