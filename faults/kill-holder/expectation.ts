import { nothingLost, takenOver } from '../support/answers/take-over.ts';
import type { Expectation } from '../support/expectation.ts';
import { dueWallMs } from '../support/holder.ts';
import { madeAgainWithinMs } from '../support/outside/recovery.ts';
import * as outside from '../support/outside/take-over.ts';
import { brokenOff } from '../support/outside/take-over.ts';
import { pointOf } from '../support/points.ts';

/** What Redis and a waiter's timer may add to the end of a lease. */
const SLACK_MS = 50;

/** Kills the lease holder. Unless the store has its value, its lease runs out, and one other process takes over. */
export const killHolder: Expectation = {
  name: 'kill-holder',
  summary: 'SIGKILL the lease holder',
  guard: 'the lease has a TTL; waiters wait no longer than it lasts',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  points: {
    granted:
      'One other process takes over within the lease. The victim had not begun, so there is still one recompute.',
    recomputing: 'One other process takes over within the lease. That is one recompute more.',
    committing:
      'The write is lost with the connection. One other process takes over within the lease: one recompute more.',
    committed: 'Nothing is lost: the others have the value, and nobody takes over.',
  },
  outside: {
    needsProcess: true,
    tolerance: (settings) => ({
      extraRecomputes: 1,
      extraWaitMs: madeAgainWithinMs(settings),
      excuses: brokenOff,
    }),
    verify: outside.takenOver,
  },
  tolerance: (settings) => {
    const point = pointOf(settings);
    return {
      extraRecomputes: point === 'recomputing' || point === 'committing' ? 1 : 0,
      extraWaitMs: point === 'committed' ? 0 : settings.leaseMs,
      // Only clients that are connected to the victim lose an answer: their connection breaks, or there is none to be had.
      excuses: brokenOff,
    };
  },
  verify(evidence, timeline) {
    const { settings } = evidence;
    if (pointOf(settings) === 'committed') return nothingLost(evidence, timeline);
    // In an early recompute, nobody wants the victim's lease before the value is due.
    const untilDueMs = dueWallMs(evidence, timeline) - timeline.injectedWallMs;
    return takenOver(evidence, timeline, Math.max(settings.leaseMs, untilDueMs) + SLACK_MS);
  },
};
