import { formatDuration } from '../../../record/duration.ts';
import { NotInTime, until } from '../../../services/shared/until.ts';
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
    let isAnswered = false;
    const underWay = stage.ask(FIRST, key).finally(() => {
      isAnswered = true;
    });
    // An interruption ends it before anybody awaits it.
    underWay.catch(() => {});
    const isUnderWay = await until('a recompute', () => stage.recomputesOf(key).length > 0 || isAnswered, {
      withinMs: BEGINS_WITHIN_MS,
      everyMs: 10,
      signal: stage.signal,
    }).then(
      () => !isAnswered,
      (error) => {
        if (error instanceof NotInTime) return false;
        throw error;
      },
    );
    const instance = await stage.instance(FIRST);
    const ended = await instance.stop(stage.signal);
    const { status } = await underWay;
    if (!ended)
      return notMet(
        `it still ran ${formatDuration(stage.limits.drainMs)} after a SIGTERM`,
        'end the process on SIGTERM, once the requests under way are answered',
      );
    if (!isUnderWay)
      return optional(
        'it ended, and had no recompute under way: it may back off after an error of the origin',
        'answer what is under way before the process ends',
      );
    if (status === 200) return ok('it answered the request under way first');
    return optional(
      'it ended, and left the request under way without an answer',
      'a rolling restart loses such requests. Answer them before the process ends',
    );
  },
};
