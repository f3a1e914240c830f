import type { Arrival } from '../../../record/arrival.ts';
import { type FaultFinding, passIfBy } from '../answers/deadline.ts';
import type { Evidence, Tolerance } from '../evidence.ts';
import { type Finding, passIf } from '../finding.ts';
import { delayByOthersMs, isHeldToClaim } from '../lookups.ts';
import { failuresSince } from '../replicas.ts';
import type { Timeline } from '../timeline.ts';
import { answersTo, counting, countingAnswers, together, type Witness } from '../witness.ts';
import { dueWallMs, type Made, madeIn, victimsIn } from './made.ts';
import { madeAgainWithinMs } from './recovery.ts';

const unknown = (why: string): Finding => ({ verdict: 'unknown', detail: `missed: ${why}` });
const HAD_ENDED = unknown('the victim had its value before it was hit');

/** Finds the first value that the origin made for another than the victim after the blow. */
const nextByAnother = (evidence: Evidence, { victim, injectedWallMs }: Timeline): Made | undefined =>
  madeIn(evidence).find(({ by, endedWallMs }) => by !== victim && endedWallMs > injectedWallMs);

/** Judges whether another replica had the origin make the value for which the victim had asked, in time, and no request failed. */
export function takenOver(evidence: Evidence, timeline: Timeline): Witness<FaultFinding> {
  const { victim, injectedWallMs } = timeline;
  const victims = victimsIn(evidence, timeline);
  const fromWallMs = Math.max(injectedWallMs, dueWallMs(evidence, timeline));
  const deadlineWallMs =
    fromWallMs + madeAgainWithinMs(evidence.settings) + delayByOthersMs(evidence, timeline);
  const asked = counting(
    ({ by, to, dueAt }) => (by ?? to) !== victim && dueAt > injectedWallMs && dueAt < deadlineWallMs,
  );
  const failures = failuresSince(evidence, timeline);
  const next = nextByAnother(evidence, timeline);
  return together([asked, failures], () => {
    if (victims.length === 0) return HAD_ENDED;
    if (!next)
      return asked.end() > 0
        ? passIf(false, 'nobody else had the value made')
        : unknown('nobody else asked for the value');
    const failed = failures.end();
    const detail =
      `${next.by} had the value made ${(next.endedWallMs - injectedWallMs).toFixed(0)} ms after ${victim} was hit ` +
      `(bound ${Math.round(deadlineWallMs - injectedWallMs)}); ${failed} requests failed`;
    if (failed > 0 || !isHeldToClaim(evidence)) return passIf(false, detail);
    return passIfBy(deadlineWallMs, next.endedWallMs, detail, evidence, timeline);
  });
}

/**
 * Judges what a replica does that was frozen while it recomputed, and woke when another's newer value had been read: nobody
 * may read the replica's own, older value after that.
 */
export function wokenLate(evidence: Evidence, timeline: Timeline): Witness<FaultFinding> {
  const { victim, injectedWallMs, healedWallMs } = timeline;
  const over = takenOver(evidence, timeline);
  const late = new Set(victimsIn(evidence, timeline).map(({ version }) => version));
  const newestLate = Math.max(...late);
  const next = madeIn(evidence).find(
    ({ by, version, endedWallMs }) => by !== victim && version > newestLate && endedWallMs > injectedWallMs,
  );
  const newer = next?.version ?? Number.POSITIVE_INFINITY;
  let servedAt = Number.POSITIVE_INFINITY;
  let older: { readonly version: number; readonly by: string } | undefined;
  // The answers come in the order in which they ended.
  const order = answersTo(({ version, by = '', sentAt, endedAt }) => {
    if (version >= newer) servedAt = Math.min(servedAt, endedAt);
    else if (late.has(version) && sentAt > servedAt) older ??= { version, by };
  });
  const afterwards = countingAnswers(({ sentAt }) => sentAt > healedWallMs);
  const awake = countingAnswers(({ by, endedAt }) => by === victim && endedAt > healedWallMs);
  return together([over, order, afterwards, awake], () => {
    const found = over.end();
    if (late.size === 0 || found.verdict === 'unknown') return found;
    if (!next) return found.verdict === 'fail' ? found : unknown('nobody else had a newer value made');
    if (older)
      return passIf(
        false,
        `version ${older.version} was read from ${older.by} after version ${newer} had been; ${found.detail}`,
      );
    if (servedAt > healedWallMs) return unknown(`version ${newer} had not been read before ${victim} woke`);
    if (awake.end() === 0 || afterwards.end() === 0) return unknown(`${victim} answered nothing afterwards`);
    return {
      ...found,
      detail: `${victim} woke when version ${newer} had been read, and nobody read its own one; ${found.detail}`,
    };
  });
}

/** Judges whether a short freeze of whoever recomputes costs no second recompute, and its value is served. */
export function wokenInTime(
  evidence: Evidence,
  timeline: Timeline,
  /** Whether so long a freeze may cost another recompute. */
  isTooLong: (pausedMs: number) => boolean,
): Witness<Finding> {
  const { victim, injectedWallMs, healedWallMs } = timeline;
  const victims = new Set(victimsIn(evidence, timeline).map(({ version }) => version));
  const served = countingAnswers(({ version }) => victims.has(version));
  const failures = failuresSince(evidence, timeline);
  return together([served, failures], () => {
    if (victims.size === 0) return HAD_ENDED;
    const pausedMs = healedWallMs - injectedWallMs;
    const failed = failures.end();
    const good = isHeldToClaim(evidence) && served.end() > 0 && failed === 0;
    const detail =
      `${victim} was frozen for ${pausedMs.toFixed(0)} ms; ${served.end()} answers with the value that it made; ` +
      `${failed} requests failed`;
    return !good && isTooLong(pausedMs)
      ? unknown(`${detail}, which that long a freeze may cost`)
      : passIf(good, detail);
  });
}

/** Excuses requests without an answer that were sent to a killed victim, or were under way there. */
export const brokenOff: Tolerance['excuses'] = (
  { ending, status, to, dueAt, endedAt = 0 }: Arrival,
  { victim, plannedWallMs, healedWallMs },
) =>
  ending === 'error' &&
  status === undefined &&
  to === victim &&
  endedAt >= plannedWallMs &&
  dueAt < healedWallMs;

/** Excuses requests that failed at a frozen victim, in which way ever. */
export const keptByFrozen: Tolerance['excuses'] = (
  { to, dueAt, endedAt = 0 },
  { victim, plannedWallMs, healedWallMs },
) => to === victim && endedAt >= plannedWallMs && dueAt < healedWallMs;
