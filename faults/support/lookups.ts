import type { WallMs } from '../../strategies/contract/index.ts';
import type { Answered, Commit, Cycle, Evidence, Struck, Tolerance } from './evidence.ts';
import type { Timeline } from './timeline.ts';

/** How long after the heal a cycle still belongs to a fault that does not say so itself. */
export const AFTERMATH_MS = 500;

/** Lists the faults that may have affected the cycle. */
const touching = (
  { struck }: Pick<Evidence, 'struck'>,
  { beganWallMs, filledWallMs = Number.POSITIVE_INFINITY }: Cycle,
): readonly Struck[] =>
  struck.filter(
    ({ timeline, tolerance: { aftermathMs } }) =>
      beganWallMs < timeline.healedWallMs + aftermathMs && filledWallMs > timeline.plannedWallMs,
  );

/** Tells whether a fault may have affected the cycle. */
export const isTouched = (evidence: Pick<Evidence, 'struck'>, cycle: Cycle): boolean =>
  touching(evidence, cycle).length > 0;

/** Gives how many recomputes beyond the claim the faults that touch a cycle may cost there. */
export const extraRecomputesIn = (evidence: Pick<Evidence, 'struck'>, cycle: Cycle): number =>
  touching(evidence, cycle).reduce((sum, { tolerance }) => sum + tolerance.extraRecomputes, 0);

/** Tells whether none of the expiries that a fault touched had more recomputes than the claim and the faults allow. */
export const isHeldToClaim = (
  evidence: Pick<Evidence, 'struck' | 'judged' | 'claim' | 'settings'>,
): boolean =>
  evidence.judged
    .filter((cycle) => isTouched(evidence, cycle))
    .every((cycle) => cycle.recomputes.length <= mostRecomputesIn(evidence, cycle));

/** Gives how many recomputes a cycle may have, by the claim and what the faults that touch it may cost. */
export function mostRecomputesIn(
  evidence: Pick<Evidence, 'struck' | 'claim' | 'settings'>,
  cycle: Cycle,
): number {
  const { max = Number.POSITIVE_INFINITY } = evidence.claim.recomputesPerExpiry(evidence.settings);
  return max + extraRecomputesIn(evidence, cycle);
}

/** Gives how much longer a request may wait, and a value may be served, under these faults together. */
export const allowedBy = (
  tolerances: readonly Pick<Tolerance, 'extraWaitMs' | 'staleMs'>[],
): Pick<Tolerance, 'extraWaitMs' | 'staleMs'> => ({
  extraWaitMs: tolerances.reduce((sum, { extraWaitMs }) => sum + extraWaitMs, 0),
  staleMs: tolerances.reduce((most, { staleMs }) => Math.max(most, staleMs), 0),
});

/** Gives the same for the faults of a run. */
export const allowedIn = ({ struck }: Pick<Evidence, 'struck'>) =>
  allowedBy(struck.map(({ tolerance }) => tolerance));

/** Gives how much later the other faults of a run, which last meanwhile, may make the answer to this one. */
export const delayByOthersMs = ({ struck }: Pick<Evidence, 'struck'>, { fault }: Timeline): number =>
  allowedIn({ struck: struck.filter(({ timeline }) => timeline.fault !== fault) }).extraWaitMs;

/** How long a member may take to notice that the store is back. */
export const NOTICE_MS = 1500;

/** Tells whether a fault lets a member do without the store at some moment between these two. */
export const mayDegrade = (
  { struck }: Pick<Evidence, 'struck'>,
  by: string,
  fromWallMs: WallMs,
  toWallMs: WallMs,
): boolean =>
  struck.some(
    ({ timeline, tolerance: { degraded } }) =>
      (degraded === 'everyone' || (degraded === 'victim' && by === timeline.victim)) &&
      toWallMs >= timeline.plannedWallMs &&
      fromWallMs <= timeline.healedWallMs + NOTICE_MS,
  );

/**
 * Gives a test for a time in which a fault may have kept somebody waiting, or a value from being replaced: from the plan
 * until what the fault delayed is made up for. That is so when the waits that the faults declare are over, counted from the
 * heal and what members need to notice it; or later, when a value is stored that was being replaced then.
 */
export function mayBeDelayed({
  struck,
  cycles,
}: Pick<Evidence, 'struck' | 'cycles'>): (fromWallMs: WallMs, toWallMs: WallMs) => boolean {
  const { extraWaitMs } = allowedIn({ struck });
  const times = struck
    .filter(({ tolerance }) => tolerance.extraWaitMs > 0 || tolerance.staleMs > 0)
    .map(({ timeline, tolerance }) => delayTimes({ timeline, tolerance }, extraWaitMs, cycles));
  return (fromWallMs, toWallMs) => times.some(([since, until]) => toWallMs >= since && fromWallMs <= until);
}

function delayTimes(
  { timeline: { plannedWallMs, healedWallMs }, tolerance: { degraded, aftermathMs } }: Struck,
  extraWaitMs: number,
  cycles: readonly Cycle[],
): readonly [WallMs, WallMs] {
  const noticedMs = Math.max(aftermathMs, degraded === 'nobody' ? 0 : NOTICE_MS);
  const overWallMs = healedWallMs + noticedMs + extraWaitMs;
  const untilWallMs = cycles.reduce(
    (until, { beganWallMs, filledWallMs = 0 }) =>
      beganWallMs <= overWallMs ? Math.max(until, filledWallMs + AFTERMATH_MS) : until,
    overWallMs,
  );
  return [plannedWallMs, untilWallMs];
}

/** Tells whether a request was in flight while the cycle's value was recomputed. */
export const crosses = (
  { dueAt, endedAt }: Pick<Answered, 'dueAt' | 'endedAt'>,
  { beganWallMs, filledWallMs }: Required<Cycle>,
): boolean => dueAt <= filledWallMs && endedAt >= beganWallMs;

/**
 * Gives the index of the first cycle that ended at or after the moment, and so of the first that a request due then may
 * cross. The cycles are in order and do not overlap.
 */
export function firstEndingSince(cycles: readonly Required<Cycle>[], wallMs: WallMs): number {
  let [low, high] = [0, cycles.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cycles[middle] as Required<Cycle>).filledWallMs < wallMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls `visit` with the index of each cycle that the answer crosses. */
export function forEachCrossed(
  cycles: readonly Required<Cycle>[],
  answer: Pick<Answered, 'dueAt' | 'endedAt'>,
  visit: (index: number) => void,
): void {
  for (let index = firstEndingSince(cycles, answer.dueAt); index < cycles.length; index++) {
    if (!crosses(answer, cycles[index] as Required<Cycle>)) return;
    visit(index);
  }
}

/** Gives each version's first accepted commit. A second one makes the value no younger. The commits are in order. */
export function firstAccepted(commits: readonly Commit[]): ReadonlyMap<number, Commit> {
  const first = new Map<number, Commit>();
  for (const commit of commits)
    if (commit.accepted && !first.has(commit.version)) first.set(commit.version, commit);
  return first;
}

/** Gives when each version was stored (at last, if it was twice), by the wall clock. */
export const storedWallMs = (commits: readonly Commit[]): ReadonlyMap<number, WallMs> =>
  new Map(commits.filter(({ accepted }) => accepted).map(({ version, atWallMs }) => [version, atWallMs]));

/**
 * Gives a function that tells how long after the commit a waiter had its value, in ms: in its replica, or at the client,
 * behind the answers to the other waiters. Undefined for who did not wait, or does not count.
 */
export function wakeLags({
  commits,
  warmWallMs,
  settings,
}: Pick<Evidence, 'commits' | 'warmWallMs' | 'settings'>): (
  answer: Answered,
  where: 'replica' | 'client',
) => number | undefined {
  // Of a write that was settled by other evidence than the store's reply, nobody knows the moment.
  const storedAt = storedWallMs(commits.filter(({ until }) => until === undefined));
  // nginx has waiters only at the first fill.
  const since = settings.proxy ? 0 : warmWallMs;
  return ({ served, version, sentAt, answeredAt, endedAt }, where) => {
    if (served !== 'waited' || sentAt < since) return undefined;
    const at = storedAt.get(version);
    const hadAt = where === 'replica' ? answeredAt : endedAt;
    if (at === undefined || hadAt === undefined || sentAt > at) return undefined;
    return hadAt - at;
  };
}
