import type { FaultFinding } from '../support/answers/deadline.ts';
import { nothingLost, takenOver } from '../support/answers/take-over.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { pointOf } from '../support/points.ts';
import { answersTo, together } from '../support/witness.ts';

/** What Redis and a timer may add to the end of a lease and to a tick. */
const SLACK_MS = 50;

/** Kills the refresher that holds the lease. Unless the store has its value, another one's tick takes over. No request notices. */
export const killRefresher: Expectation = {
  name: 'kill-refresher',
  summary: 'SIGKILL the refresher that holds the lease',
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
  points: {
    granted:
      'Another refresher takes over within a lease and a tick. There is still one recompute, and no request waits.',
    recomputing:
      'Another refresher takes over within a lease and a tick: one recompute more. No request waits.',
    committing:
      'The write is lost with the connection. Another refresher takes over: one recompute more. No request waits.',
    committed: 'Nothing is lost: the value is there, and nobody takes over. No request waits.',
  },
  tolerance: (settings) => {
    const point = pointOf(settings);
    return { extraRecomputes: point === 'recomputing' || point === 'committing' ? 1 : 0 };
  },
  verify(evidence, timeline) {
    const { settings } = evidence;
    const { leaseMs, refreshIntervalMs } = settings;
    const answered =
      pointOf(settings) === 'committed'
        ? nothingLost(evidence, timeline)
        : takenOver(evidence, timeline, leaseMs + refreshIntervalMs + SLACK_MS);
    let [meanwhile, waited] = [0, 0];
    const requests = answersTo(({ dueAt, degraded, served }) => {
      if (degraded || dueAt < timeline.injectedWallMs || dueAt > timeline.healedWallMs) return;
      meanwhile += 1;
      if (served !== 'hit' && served !== 'stale') waited += 1;
    });
    return together([answered, requests], () => {
      const { verdict, detail, isNearMiss = false }: FaultFinding = answered.end();
      if (verdict === 'unknown') return { verdict, detail };
      if (meanwhile === 0) return { verdict: 'unknown', detail: 'missed: nobody asked meanwhile' };
      return {
        ...passIf(verdict === 'pass' && waited === 0, `${detail}, ${waited} of ${meanwhile} requests waited`),
        isNearMiss: isNearMiss && waited === 0,
      };
    });
  },
};
