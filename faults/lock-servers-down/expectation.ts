import { mostAtOnce } from '../support/answers/most-at-once.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { isTouched } from '../support/lookups.ts';
import {
  askersIn,
  grantsSince,
  recomputesUnder,
  staleAnswersUnder,
  toleranceWithoutLease,
} from '../support/without-lease.ts';
import { together } from '../support/witness.ts';

/** Kills every lock server while the lease is held. Values can be read and written all the same. */
export const lockServersDown: Expectation = {
  name: 'lock-servers-down',
  summary: 'SIGKILL all lock servers for two expiries',
  guard: 'values are served on, stale within the grace; each replica recomputes for itself; the fence',
  presets: { LEASE_BACKEND: 'memcached', TTL: '2s', RECOMPUTE: '300ms', RATE: '200', EXPIRIES: '5' },
  needs: { LEASE_BACKEND: ['memcached', 'postgres', 'mysql', 'redlock'] },
  tolerance: toleranceWithoutLease,
  verify(evidence, timeline) {
    const { judged, settings } = evidence;
    const { injectedWallMs, healedWallMs } = timeline;
    const stale = staleAnswersUnder(timeline);
    return together([stale], () => {
      const meanwhile = judged.filter(
        (cycle) =>
          isTouched(evidence, cycle) &&
          cycle.beganWallMs > injectedWallMs &&
          cycle.filledWallMs < healedWallMs,
      );
      if (meanwhile.length === 0 || stale.end() === 0)
        return { verdict: 'unknown', detail: 'missed: no value was due while the lock servers were gone' };
      const atOnce = mostAtOnce(recomputesUnder(evidence, timeline));
      const again = grantsSince(evidence, healedWallMs);
      return passIf(
        atOnce <= askersIn(settings) && again > 0,
        `${meanwhile.length} expiries without lock servers, ` +
          `at most ${atOnce} recomputes at once, ${stale.end()} stale answers; ${again} grants of the lease afterwards`,
      );
    });
  },
};
