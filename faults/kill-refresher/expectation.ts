import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf, takeOvers } from '../support/holder.ts';
import { answersTo, together } from '../support/witness.ts';

/** What Redis and a timer may add to the end of a lease and to a tick. */
const SLACK_MS = 50;

/** Kills the refresher that recomputes. Its lease runs out, another refresher's next tick takes over, no request notices. */
export const killRefresher: Expectation = {
  name: 'kill-refresher',
  summary: 'SIGKILL the refresher that holds the lease while it recomputes',
  guard: 'there is another one, and the lease has a TTL; meanwhile the value is served on',
  presets: {
    STRATEGY: 'refresh-ahead',
    TTL: '2s',
    RECOMPUTE: '300ms',
    REFRESH_INTERVAL: '100ms',
    RATE: '200',
    EXPIRIES: '5',
  },
  needs: { STRATEGY: 'refresh-ahead' },
  tolerance: () => ({ extraRecomputes: 1 }),
  verify(evidence, timeline) {
    if (commitOf(evidence, timeline))
      return { verdict: 'unknown', detail: 'missed: the victim had committed' };
    const [first, ...more] = takeOvers(evidence, timeline);
    if (!first) return passIf(false, 'nobody took over');
    const { leaseMs, refreshIntervalMs } = evidence.settings;
    const afterMs = first.atWallMs - timeline.injectedWallMs;
    const bound = leaseMs + refreshIntervalMs + SLACK_MS;
    let [meanwhile, waited] = [0, 0];
    const requests = answersTo(({ dueAt, degraded, served }) => {
      if (degraded || dueAt < timeline.injectedWallMs || dueAt > timeline.healedWallMs) return;
      meanwhile += 1;
      if (served !== 'hit' && served !== 'stale') waited += 1;
    });
    return together([requests], () =>
      passIf(
        more.length === 0 && afterMs <= bound && waited === 0,
        `${first.by} took over from ${timeline.victim} after ${afterMs.toFixed(0)} ms (bound ${bound}); ` +
          `${more.length} more tried, ${waited} of ${meanwhile} requests waited`,
      ),
    );
  },
};
