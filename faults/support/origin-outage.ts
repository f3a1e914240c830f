// Shared by the faults that take the origin away: what they may cost, and whether they were answered.

import type { Arrival } from '../../record/arrival.ts';
import type { Settings } from '../../record/settings.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Evidence, Recompute } from './evidence.ts';
import type { Expectation } from './expectation.ts';
import { type Finding, passIf } from './finding.ts';
import { firstFillSince } from './holder.ts';
import type { Timeline } from './timeline.ts';
import { counting, countingAnswers, together } from './witness.ts';

/** What a busy machine adds to a recompute. */
const SLACK_MS = 400;
/** How exactly the end of the grace is known: the store's clock tells when it began, and the wall clock when a request ended. */
const GRACE_SLACK_MS = 50;
/** After so many failures in a row a request fails at once. Until then it waits for the next attempt. */
const MAX_FAILURES = 3;
/** What chance may add to a back-off. */
const BACKOFF_JITTER = 1.2;

export interface OriginOutage {
  /** How long a call of the origin takes until it fails. */
  failsWithinMs(settings: Settings): number;
  /** Recomputes beyond the claim. */
  extraRecomputes(settings: Settings): number;
  /** Whether the outage outlasts the grace, so that requests must fail. */
  readonly outlastsGrace: boolean;
}

/** Gives what an outage of the origin may cost, and how it is judged. */
export function originOutage(outage: OriginOutage): Pick<Expectation, 'tolerance' | 'verify'> {
  return {
    tolerance: (settings) => ({
      extraRecomputes: outage.extraRecomputes(settings),
      extraWaitMs: MAX_FAILURES * (settings.backoffMs + outage.failsWithinMs(settings)),
      staleMs: settings.graceMs,
      excuses: (arrival, timeline, stored) =>
        arrival.status === 502 &&
        arrival.dueAt < timeline.healedWallMs + settings.backoffMs + SLACK_MS &&
        (arrival.endedAt ?? 0) > graceEndWallMs(stored, timeline, settings) &&
        isAtOnce(arrival, settings, outage),
    }),
    verify(evidence, timeline, own) {
      const stale = countingAnswers(
        ({ served, sentAt }) => served === 'stale' && sentAt > timeline.injectedWallMs,
      );
      const errors = counting(({ status }) => status === 502);
      const wrong = counting(
        (arrival) => arrival.status === 502 && !own.excuses(arrival, timeline, evidence),
      );
      return together([stale, errors, wrong], () =>
        findingFrom(evidence, timeline, outage, {
          stale: stale.end(),
          errors: errors.end(),
          wrong: wrong.end(),
        }),
      );
    },
  };
}

/**
 * Gives the earliest moment at which the last value before the outage can have been gone for good. Until then every request
 * must get that value. A value that the origin made just before its end may be stored just after it.
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
function isAtOnce(
  { sentAt = 0, endedAt = Infinity }: Arrival,
  settings: Settings,
  { failsWithinMs }: OriginOutage,
): boolean {
  const { backoffMs, graceMs } = settings;
  const callMs = failsWithinMs(settings);
  const attemptsMs = Math.max(0, MAX_FAILURES * (BACKOFF_JITTER * backoffMs + callMs) - graceMs);
  return endedAt - sentAt < longestCallMs(settings, callMs) + attemptsMs + SLACK_MS;
}

const longestCallMs = ({ recomputeMs, recomputeJitter }: Settings, failsWithinMs: number): number =>
  Math.max(recomputeMs * (1 + recomputeJitter), failsWithinMs);

interface Answers {
  readonly stale: number;
  readonly errors: number;
  /** Errors that came within the grace, or late, or long after the outage. */
  readonly wrong: number;
}

function findingFrom(
  evidence: Evidence,
  timeline: Timeline,
  { failsWithinMs, outlastsGrace }: OriginOutage,
  { stale, errors, wrong }: Answers,
): Finding {
  const { settings, events, commits } = evidence;
  const { injectedWallMs, healedWallMs } = timeline;
  const callMs = failsWithinMs(settings);
  const longestMs = longestCallIn(evidence, timeline);
  if (longestMs > longestCallMs(settings, callMs) + SLACK_MS)
    return passIf(false, `a call of the origin was given up only after ${longestMs.toFixed(0)} ms, or never`);
  const calls = events.filter(
    (event) =>
      event.event === 'recompute-ended' &&
      event.outcome !== 'ok' &&
      event.at > injectedWallMs &&
      event.at < healedWallMs,
  );
  if (calls.length === 0 || stale === 0 || (outlastsGrace && errors === 0)) {
    return {
      verdict: 'unknown',
      detail: `missed: ${calls.length} failed calls, ${stale} stale answers, ${errors} errors`,
    };
  }
  const most = Math.ceil((healedWallMs - injectedWallMs) / (settings.backoffMs + callMs)) + 1;
  // The origin's ledger has nothing of the outage. Once back, the origin may find calls whose askers have left.
  const begun = firstFillSince(evidence, injectedWallMs);
  const late = begun.filter(wasGivenUp);
  const back = begun.filter((recompute) => !wasGivenUp(recompute));
  const made = back.map(({ version }) => version);
  const filled = commits.find(({ accepted, version }) => accepted && made.includes(version));
  const backMs = (filled?.atWallMs ?? Number.POSITIVE_INFINITY) - healedWallMs;
  const recovered =
    backMs <= settings.backoffMs + settings.recomputeMs + SLACK_MS &&
    back.length === 1 &&
    late.length <= calls.length;
  const begunLate = late.length > 0 ? ` and ${late.length} begun for askers who had left` : '';
  return passIf(
    calls.length <= most && recovered && wrong === 0,
    `${calls.length} calls in ${((healedWallMs - injectedWallMs) / 1000).toFixed(1)} s (at most ${most}), ${stale} stale, then ${errors} errors, ${wrong} of them within the grace or late; back after ${backMs.toFixed(0)} ms with ${back.length} recompute${begunLate}`,
  );
}

const wasGivenUp = ({ ending }: Recompute): boolean => ending === 'aborted';

/** Gives how long the longest call took that was under way while the origin was gone, by its asker. One without an end counts until the heal. */
function longestCallIn({ events, settings }: Evidence, { injectedWallMs, healedWallMs }: Timeline): number {
  const idOf = ({ by, op }: { readonly by: string; readonly op: number }) => `${by} ${op}`;
  const ends = new Map(
    events.flatMap((event) => (event.event === 'recompute-ended' ? [[idOf(event), event.at] as const] : [])),
  );
  const hasStartedAfter = ({ by, at }: { readonly by: string; readonly at: WallMs }) =>
    events.some((event) => event.event === 'started' && event.by === by && event.at > at);
  return events.reduce((longest, event) => {
    if (event.event !== 'recompute' || event.key !== settings.key || event.at > healedWallMs) return longest;
    // Its process may have died with it, by another fault.
    if (!ends.has(idOf(event)) && hasStartedAfter(event)) return longest;
    const endedAt = ends.get(idOf(event)) ?? healedWallMs;
    return endedAt < injectedWallMs ? longest : Math.max(longest, Math.min(endedAt, healedWallMs) - event.at);
  }, 0);
}
