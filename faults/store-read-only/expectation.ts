import { mostAtOnce } from '../support/answers/most-at-once.ts';
import type { Answered, Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import type { Timeline } from '../support/timeline.ts';
import {
  askersIn,
  grantsSince,
  recomputesUnder,
  staleAnswersUnder,
  toleranceWithoutLease,
} from '../support/without-lease.ts';
import { countingAnswers, together } from '../support/witness.ts';

/** Has Redis refuse every write for three seconds: no lease, no commit, but the values can be read. */
export const storeReadOnly: Expectation = {
  name: 'store-read-only',
  summary: 'Redis refuses writes for 3 s; values can still be read',
  guard: 'values are served on, stale within the grace; each replica recomputes for itself',
  // Longer than the fault, so that there is always a value to serve.
  presets: { STORE: 'single', TTL: '2s', RECOMPUTE: '300ms', RATE: '200', EXPIRIES: '5', GRACE: '30s' },
  needs: { STORE: 'single' },
  // The holder's callers get its value, though that cannot be stored.
  tolerance: (settings) => ({ ...toleranceWithoutLease(settings), degraded: 'everyone' }),
  verify(evidence, timeline) {
    const { settings } = evidence;
    const stale = staleAnswersUnder(timeline);
    const needless = countingAnswers(needlesslyDegraded(evidence, timeline));
    return together([stale, needless], () => {
      const made = recomputesUnder(evidence, timeline);
      if (stale.end() + needless.end() === 0 || made.length === 0)
        return { verdict: 'unknown', detail: 'missed: no value was due while Redis refused writes' };
      const atOnce = mostAtOnce(made);
      const again = grantsSince(evidence, timeline.healedWallMs);
      return passIf(
        needless.end() === 0 && atOnce <= askersIn(settings) && again > 0,
        `${stale.end()} stale answers from the store, ${needless.end()} without it though it had a value; ` +
          `${made.length} recomputes, at most ${atOnce} at once; ${again} grants of the lease afterwards`,
      );
    });
  },
};

/**
 * Gives a test for answers without the store while it had a value that was good or within its grace. Those who waited for the
 * holder that was hit do not count: its value could not be stored.
 */
function needlesslyDegraded(
  { commits, settings }: Evidence,
  { injectedWallMs, holder }: Timeline,
): (answer: Answered) => boolean {
  const last = commits.findLast(({ accepted, atWallMs }) => accepted && atWallMs <= injectedWallMs);
  const goodUntilWallMs = last ? last.atWallMs + settings.ttlMs + settings.graceMs : 0;
  return ({ degraded, by, sentAt }) =>
    degraded === true && by !== holder && sentAt > injectedWallMs && sentAt < goodUntilWallMs;
}
