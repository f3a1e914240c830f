import { passIfBy } from '../support/answers/deadline.ts';
import type { Expectation } from '../support/expectation.ts';
import { delayByOthersMs, wakeLags } from '../support/lookups.ts';
import { answersTo, together } from '../support/witness.ts';

const SLACK_MS = 100;

/** Cuts all pub/sub connections again and again while a value is recomputed and published: nobody hears the wake-up. */
export const lostWakeups: Expectation = {
  name: 'lost-wakeups',
  summary: 'cut the pub/sub connections while the value is published',
  guard: 'a wait ends with the lease, or when the connection is back',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs }) => ({ extraWaitMs: leaseMs }),
  verify(evidence, timeline) {
    const commit = evidence.commits.find(({ accepted, fence }) => accepted && fence === timeline.fence);
    const lagOf = wakeLags(evidence);
    let [waiters, longest, usual] = [0, 0, 0];
    const answers = answersTo((answer) => {
      const lag = lagOf(answer, 'replica');
      if (lag === undefined) return;
      if (answer.version === commit?.version) {
        waiters += 1;
        longest = Math.max(longest, lag);
      } else usual = Math.max(usual, lag);
    });
    return together([answers], () => {
      if (!commit || waiters === 0 || longest <= usual)
        return { verdict: 'unknown', detail: 'missed: the waiters were woken in time' };
      const bound = evidence.settings.leaseMs + SLACK_MS + delayByOthersMs(evidence, timeline);
      const detail = `${waiters} waiters answered at most ${longest.toFixed(0)} ms behind the commit (bound ${bound}); else ${usual.toFixed(0)}`;
      const { atWallMs } = commit;
      return passIfBy(atWallMs + bound, atWallMs + longest, detail, evidence, timeline);
    });
  },
};
