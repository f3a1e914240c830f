import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { isHeldToClaim } from '../support/lookups.ts';
import { mostRecomputes } from '../support/replicas.ts';
import { needs, presets, SLOW, SLOW_REQUEST_MS } from '../support/slowness.ts';
import { countingAnswers, together } from '../support/witness.ts';

/** Delays every command and its reply by 0 to 100 ms. That is slow, and not gone: nothing may degrade. */
export const redisSlow: Expectation = {
  name: 'redis-slow',
  summary: 'delay commands to Redis and their replies by 50 ± 50 ms each',
  guard: 'a command has 500 ms before Redis counts as gone; the lease and the fence go by the clock of Redis',
  presets,
  needs,
  relayed: true,
  tolerance: () => ({ extraWaitMs: SLOW_REQUEST_MS }),
  verify(evidence, { injectedWallMs, healedWallMs }) {
    const meanwhile = (sentAt: number) => sentAt > injectedWallMs && sentAt < healedWallMs;
    const slow = countingAnswers(
      ({ served, sentAt, tookMs = 0 }) => served === 'hit' && meanwhile(sentAt) && tookMs >= SLOW.ms,
    );
    const degraded = countingAnswers((answer) => answer.degraded === true && meanwhile(answer.sentAt));
    return together([slow, degraded], () => {
      const most = mostRecomputes(evidence);
      const missed = slow.end() === 0 || most === 0;
      if (missed && degraded.end() === 0)
        return { verdict: 'unknown', detail: 'missed: no command was late, or nothing expired meanwhile' };
      return passIf(
        degraded.end() === 0 && isHeldToClaim(evidence),
        `${slow.end()} hits of ${SLOW.ms} ms and more; at most ${most} recompute an expiry; ${degraded.end()} answers without Redis`,
      );
    });
  },
};
