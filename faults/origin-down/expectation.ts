import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { firstFillSince } from '../support/holder.ts';
import type { Timeline } from '../support/timeline.ts';
import { counting, countingAnswers, together } from '../support/witness.ts';

/** What a busy machine adds to a recompute. */
const SLACK_MS = 400;

/** Takes the origin away. Requests get the stale value while the grace lasts, then fast and clear errors. */
export const originDown: Expectation = {
  name: 'origin-down',
  summary: 'SIGKILL the origin for 6 s; stale values last 2 s',
  guard: 'back-off, fleet-wide; stale values within the grace; errors at once afterwards',
  presets: { TTL: '1s', RECOMPUTE: '100ms', RATE: '200', EXPIRIES: '10', GRACE: '2s' },
  tolerance: ({ graceMs, backoffMs }) => ({
    extraRecomputes: 1,
    extraWaitMs: 3 * backoffMs,
    staleMs: graceMs,
    excuses: ({ status, dueAt }, { injectedWallMs, healedWallMs }) =>
      status === 502 && dueAt > injectedWallMs && dueAt < healedWallMs + backoffMs + SLACK_MS,
  }),
  verify(evidence, timeline) {
    const stale = countingAnswers(
      ({ served, sentAt }) => served === 'stale' && sentAt > timeline.injectedWallMs,
    );
    const errors = counting(({ status }) => status === 502);
    return together([stale, errors], () => findingFrom(evidence, timeline, stale.end(), errors.end()));
  },
};

function findingFrom(
  evidence: Evidence,
  { injectedWallMs, healedWallMs }: Timeline,
  stale: number,
  errors: number,
): Finding {
  const { settings, events, commits } = evidence;
  const failed = events.filter(
    (event) => event.event === 'recompute-ended' && event.outcome !== 'ok' && event.at > injectedWallMs,
  );
  const calls = failed.filter(({ at }) => at < healedWallMs);
  if (calls.length === 0 || stale === 0 || errors === 0) {
    return {
      verdict: 'unknown',
      detail: `missed: ${calls.length} failed calls, ${stale} stale answers, ${errors} errors`,
    };
  }
  const most = Math.ceil((healedWallMs - injectedWallMs) / settings.backoffMs) + 1;
  // The origin's ledger has nothing between its death and its return.
  const back = firstFillSince(evidence, injectedWallMs);
  const made = back.map(({ version }) => version);
  const filled = commits.find(({ accepted, version }) => accepted && made.includes(version));
  const backMs = (filled?.atWallMs ?? Number.POSITIVE_INFINITY) - healedWallMs;
  const recovered = backMs <= settings.backoffMs + settings.recomputeMs + SLACK_MS && back.length === 1;
  return passIf(
    calls.length <= most && recovered,
    `${calls.length} calls in ${((healedWallMs - injectedWallMs) / 1000).toFixed(1)} s (at most ${most}), ${stale} stale, then ${errors} errors; back after ${backMs.toFixed(0)} ms with ${back.length} recompute`,
  );
}
