import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf, dueWallMs, takeOvers } from '../support/holder.ts';

/** What Redis and a waiter's timer may add to the end of a lease. */
const SLACK_MS = 50;

/** Kills the lease holder in the middle of its recompute. Its lease runs out, and one other process takes over. */
export const killHolder: Expectation = {
  name: 'kill-holder',
  summary: 'SIGKILL the lease holder while it recomputes',
  guard: 'the lease has a TTL; waiters wait no longer than it lasts',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs }) => ({
    extraRecomputes: 1,
    extraWaitMs: leaseMs,
    // Only clients that are connected to the victim lose an answer.
    excuses: ({ ending, to, dueAt }, { victim, injectedWallMs, healedWallMs }) =>
      ending === 'error' && to === victim && dueAt < healedWallMs && dueAt > injectedWallMs - 10_000,
  }),
  verify(evidence, timeline) {
    if (commitOf(evidence, timeline))
      return { verdict: 'unknown', detail: 'missed: the victim had committed' };
    const [first, ...more] = takeOvers(evidence, timeline);
    if (!first) return passIf(false, 'nobody took over');
    const afterMs = first.atWallMs - timeline.injectedWallMs;
    // In an early recompute, nobody wants the victim's lease before the value is due.
    const untilDueMs = dueWallMs(evidence, timeline) - timeline.injectedWallMs;
    const bound = Math.round(Math.max(evidence.settings.leaseMs, untilDueMs) + SLACK_MS);
    return passIf(
      more.length === 0 && afterMs <= bound,
      `${first.by} took over after ${afterMs.toFixed(0)} ms (bound ${bound}); ${more.length} more tried`,
    );
  },
};
