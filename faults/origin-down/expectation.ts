import type { Arrival } from '../../record/arrival.ts';
import type { Settings } from '../../record/settings.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { firstFillSince } from '../support/holder.ts';
import type { Timeline } from '../support/timeline.ts';
import { counting, countingAnswers, together } from '../support/witness.ts';

/** What a busy machine adds to a recompute. */
const SLACK_MS = 400;
/** How exactly the end of the grace is known: the store's clock tells when it began, and the wall clock when a request ended. */
const GRACE_SLACK_MS = 50;
/** After so many failures in a row a request fails at once. Until then it waits for the next attempt. */
const MAX_FAILURES = 3;
/** What chance may add to a back-off. */
const BACKOFF_JITTER = 1.2;

/** Takes the origin away. Requests get the stale value while the grace lasts, then fast and clear errors. */
export const originDown: Expectation = {
  name: 'origin-down',
  summary: 'SIGKILL the origin for 6 s; stale values last 2 s',
  guard: 'back-off, fleet-wide; stale values within the grace; errors at once afterwards',
  presets: { TTL: '1s', RECOMPUTE: '100ms', RATE: '200', EXPIRIES: '10', GRACE: '2s' },
  tolerance: (settings) => ({
    extraRecomputes: 1,
    extraWaitMs: MAX_FAILURES * settings.backoffMs,
    staleMs: settings.graceMs,
    excuses: (arrival, timeline, { commits }) => isRightError(arrival, timeline, { commits, settings }),
  }),
  verify(evidence, timeline) {
    const stale = countingAnswers(
      ({ served, sentAt }) => served === 'stale' && sentAt > timeline.injectedWallMs,
    );
    const errors = counting(({ status }) => status === 502);
    const wrong = counting((arrival) => arrival.status === 502 && !isRightError(arrival, timeline, evidence));
    return together([stale, errors, wrong], () =>
      findingFrom(evidence, timeline, { stale: stale.end(), errors: errors.end(), wrong: wrong.end() }),
    );
  },
};

/** Tells whether a request had to fail as it did: without a value that may be served, during the outage, and at once. */
const isRightError = (
  arrival: Arrival,
  timeline: Timeline,
  { commits, settings }: Pick<Evidence, 'commits' | 'settings'>,
): boolean =>
  arrival.status === 502 &&
  arrival.dueAt < timeline.healedWallMs + settings.backoffMs + SLACK_MS &&
  (arrival.endedAt ?? 0) > graceEndWallMs({ commits }, timeline, settings) &&
  isAtOnce(arrival, settings);

/**
 * Gives the earliest moment at which the last value before the outage can have been gone for good. Until then every request
 * must get that value. A value that the origin made just before its death may be stored just after it.
 */
function graceEndWallMs(
  { commits }: Pick<Evidence, 'commits'>,
  { injectedWallMs }: Timeline,
  { ttlMs, ttlJitter, graceMs }: Settings,
): WallMs {
  const last = commits.findLast(({ accepted, atWallMs }) => accepted && atWallMs < injectedWallMs + SLACK_MS);
  if (!last) return injectedWallMs;
  return Math.max(injectedWallMs, last.atWallMs + ttlMs * (1 - ttlJitter) + graceMs - GRACE_SLACK_MS);
}

/** Tells whether an error came as soon as it could: after one call of the origin, and the attempts that were left. */
function isAtOnce({ sentAt = 0, endedAt = Infinity }: Arrival, settings: Settings): boolean {
  const { recomputeMs, recomputeJitter, backoffMs, graceMs } = settings;
  const attemptsMs = Math.max(0, MAX_FAILURES * BACKOFF_JITTER * backoffMs - graceMs);
  return endedAt - sentAt < recomputeMs * (1 + recomputeJitter) + attemptsMs + SLACK_MS;
}

interface Answers {
  readonly stale: number;
  readonly errors: number;
  /** Errors that came within the grace, or late, or long after the outage. */
  readonly wrong: number;
}

function findingFrom(
  evidence: Evidence,
  { injectedWallMs, healedWallMs }: Timeline,
  { stale, errors, wrong }: Answers,
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
    calls.length <= most && recovered && wrong === 0,
    `${calls.length} calls in ${((healedWallMs - injectedWallMs) / 1000).toFixed(1)} s (at most ${most}), ${stale} stale, then ${errors} errors, ${wrong} of them within the grace or late; back after ${backMs.toFixed(0)} ms with ${back.length} recompute`,
  );
}
