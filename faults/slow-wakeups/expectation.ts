import { passIfBy } from '../support/answers/deadline.ts';
import type { Expectation } from '../support/expectation.ts';
import { delayByOthersMs, wakeLags } from '../support/lookups.ts';
import { LONGEST_MS, needs, presets, SLOW, SLOW_REQUEST_MS } from '../support/slowness.ts';
import { answersTo, together } from '../support/witness.ts';

/** What a message takes beyond the delay, on a busy machine. */
const SLACK_MS = 100;

/** Delays the messages of Redis by 0 to 100 ms each, and nothing else. Waiters wake that much later. */
export const slowWakeups: Expectation = {
  name: 'slow-wakeups',
  summary: 'delay the messages of Redis to its subscribers by 50 ± 50 ms each',
  guard: 'a waiter subscribes before it looks, and the message brings the value',
  presets,
  needs,
  relayed: true,
  tolerance: () => ({ extraWaitMs: SLOW_REQUEST_MS }),
  verify(evidence, timeline) {
    const { recomputes } = evidence;
    const { injectedWallMs, healedWallMs } = timeline;
    const madeBy = new Map(recomputes.map(({ version, by }) => [version, by]));
    const lagOf = wakeLags(evidence);
    const late = { waiters: 0, totalMs: 0, longestMs: 0, longestAtWallMs: 0 };
    const answers = answersTo((answer) => {
      const { by, version, sentAt, answeredAt = 0 } = answer;
      const lag = lagOf(answer, 'replica');
      if (lag === undefined || madeBy.get(version) === by) return;
      if (sentAt < injectedWallMs || sentAt > healedWallMs) return;
      late.waiters += 1;
      late.totalMs += lag;
      if (lag <= late.longestMs) return;
      late.longestMs = lag;
      late.longestAtWallMs = answeredAt;
    });
    return together([answers], () => {
      const meanMs = late.totalMs / late.waiters;
      if (late.waiters === 0 || meanMs < SLOW.ms / 2)
        return { verdict: 'unknown', detail: 'missed: no waiter was woken late' };
      const boundMs = LONGEST_MS + SLACK_MS + delayByOthersMs(evidence, timeline);
      const detail =
        `${late.waiters} waiters were woken ${meanMs.toFixed(0)} ms behind the commit in the mean, ` +
        `at most ${late.longestMs.toFixed(0)} ms (bound ${boundMs})`;
      const deadlineWallMs = late.longestAtWallMs - late.longestMs + boundMs;
      return passIfBy(deadlineWallMs, late.longestAtWallMs, detail, evidence, timeline);
    });
  },
};
