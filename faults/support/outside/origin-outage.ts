import type { Settings } from '../../../record/settings.ts';
import type { WallMs } from '../../../strategies/contract/index.ts';
import { patienceMsFor } from '../../../strategies/contract/index.ts';
import type { Evidence } from '../evidence.ts';
import { type Finding, passIf } from '../finding.ts';
import { isHeldToClaim } from '../lookups.ts';
import { failuresSince } from '../replicas.ts';
import type { Timeline } from '../timeline.ts';
import { counting, countingAnswers, hasFailed, together } from '../witness.ts';
import { madeIn } from './made.ts';
import type { Outside } from './outside.ts';
import { RECOVERS_WITHIN_MS } from './recovery.ts';

/** How exactly the end of the grace is known. */
const GRACE_SLACK_MS = 50;
/** What a busy machine adds to a recompute. */
const SLACK_MS = 400;

/**
 * Gives how a service of the user's own is judged while the origin is gone and afterwards. While the last value is within
 * its TTL and GRACE, every request gets it. Then requests may fail with a status of 500 or more. When the origin is back, the
 * value is made again. `extraRecomputes`: what the origin may find then that nobody waits for any more.
 */
export const originOutage = (extraRecomputes: (settings: Settings) => number): Outside => ({
  needsProcess: true,
  tolerance: (settings) => ({
    extraRecomputes: extraRecomputes(settings),
    extraWaitMs: patienceMsFor(settings),
    staleMs: settings.graceMs,
    aftermathMs: backWithinMs(settings),
    excuses: ({ status = 0, dueAt, endedAt = 0 }, timeline, evidence) =>
      status >= 500 &&
      dueAt < timeline.healedWallMs + backWithinMs(settings) &&
      endedAt > graceEndWallMs(evidence, timeline, settings),
  }),
  verify(evidence, timeline) {
    const { injectedWallMs, healedWallMs } = timeline;
    const isMeanwhile = (sentAt: number) => sentAt > injectedWallMs && sentAt < healedWallMs;
    const dueAt = new Map(
      madeIn(evidence).map(({ version, endedWallMs }) => [version, endedWallMs + evidence.settings.ttlMs]),
    );
    const stale = countingAnswers(
      ({ version, sentAt }) =>
        isMeanwhile(sentAt) && sentAt > (dueAt.get(version) ?? Number.POSITIVE_INFINITY),
    );
    const errors = counting((arrival) => hasFailed(arrival) && isMeanwhile(arrival.sentAt ?? 0));
    const failures = failuresSince(evidence, timeline);
    return together([stale, errors, failures], () =>
      findingFrom(evidence, timeline, { stale: stale.end(), errors: errors.end(), wrong: failures.end() }),
    );
  },
});

/** How long after the heal the origin may take to make the next value, with a service that backs off meanwhile. */
const backWithinMs = ({ backoffMs, recomputeMs, recomputeJitter }: Settings): number =>
  Math.max(RECOVERS_WITHIN_MS, backoffMs) + recomputeMs * (1 + recomputeJitter) + SLACK_MS;

/** Gives the earliest moment at which the last value before the outage can have been gone for good. */
function graceEndWallMs(
  evidence: Pick<Evidence, 'recomputes'>,
  { injectedWallMs }: Timeline,
  { ttlMs, ttlJitter, graceMs }: Settings,
): WallMs {
  const last = madeIn(evidence).findLast(({ endedWallMs }) => endedWallMs < injectedWallMs + SLACK_MS);
  if (!last) return injectedWallMs;
  return Math.max(injectedWallMs, last.endedWallMs + ttlMs * (1 - ttlJitter) + graceMs - GRACE_SLACK_MS);
}

function findingFrom(
  evidence: Evidence,
  { injectedWallMs, healedWallMs }: Timeline,
  { stale, errors, wrong }: { readonly stale: number; readonly errors: number; readonly wrong: number },
): Finding {
  const back = madeIn(evidence).find(({ beganWallMs }) => beganWallMs > injectedWallMs);
  const backMs = (back?.endedWallMs ?? Number.POSITIVE_INFINITY) - healedWallMs;
  const detail =
    `${stale} stale answers and ${errors} errors meanwhile, ${wrong} of the errors within the grace or too late; ` +
    (back ? `back after ${backMs.toFixed(0)} ms` : 'never back');
  if (stale + errors === 0)
    return { verdict: 'unknown', detail: `missed: nobody needed the origin; ${detail}` };
  return passIf(wrong === 0 && backMs <= backWithinMs(evidence.settings) && isHeldToClaim(evidence), detail);
}
