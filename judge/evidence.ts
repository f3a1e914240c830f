import type { Answered, Evidence, Tolerance } from '../faults/support/evidence.ts';
import type { Expectation } from '../faults/support/expectation.ts';
import { timelineFrom } from '../faults/support/timeline.ts';
import type { Arrival } from '../record/arrival.ts';
import type { RunData } from '../record/facts.ts';
import type { Claim, WallMs } from '../strategies/contract/index.ts';
import { commitsIn, cyclesOf, grantsIn, judgedCycles, recomputesIn } from './cycles.ts';
import { outcomesOf } from './outcomes.ts';

/** Everything that was recorded of a run, and what to judge it by. The judge sees nothing else. */
export interface Recording extends RunData {
  readonly claim: Claim;
  readonly fault: Expectation | undefined;
}

/** The evidence of a run, and the expectation of its fault. */
export interface Case extends Evidence {
  readonly fault: Expectation | undefined;
}

export const WARM_SLACK_MS = 500;

const NO_TOLERANCE: Tolerance = {
  extraRecomputes: 0,
  extraWaitMs: 0,
  staleMs: 0,
  orderOf: () => 'all',
  forgetsStore: false,
  excuses: () => false,
};

/** Lays a recording out for the checks. */
export function evidenceFrom(recording: Recording): Case {
  const { settings, casualties, herd } = recording.facts;
  const recomputes = recomputesIn(recording.ledger, settings.key);
  const commits = commitsIn(recording.events, settings.key);
  const cycles = cyclesOf(recomputes, commits);
  const arrivals = outcomesOf(recording.arrivals, commits);
  const endedAt = recording.arrivals.reduce((last, { dueAt }) => Math.max(last, dueAt), 0);
  const filledWallMs = cycles[0]?.filledWallMs ?? Number.POSITIVE_INFINITY;
  const warmWallMs = Math.max(filledWallMs + settings.recomputeMs, herd.openedAt) + WARM_SLACK_MS;
  const answered = arrivals.filter((arrival): arrival is Answered => arrival.ending === 'ok');
  return {
    ...recording,
    arrivals,
    warmWallMs,
    warm: answered.filter(({ dueAt }) => dueAt >= warmWallMs),
    timeline: timelineFrom(recording.events),
    tolerance: { ...NO_TOLERANCE, ...recording.fault?.tolerance(settings, recording.claim) },
    settings,
    casualties,
    herd,
    recomputes,
    commits,
    grants: grantsIn(recording.events, settings.key),
    cycles,
    // The end of the load may cut the last cycle short.
    judged: judgedCycles(cycles, settings.fault ? Number.POSITIVE_INFINITY : settings.expiries).filter(
      ({ filledWallMs }) => filledWallMs <= endedAt,
    ),
    answered,
  };
}

/**
 * Gives when a cache could serve everybody: at the first fill of the store, or at the first answer of the last proxy.
 * Undefined if that never happened.
 */
export function filledOnceAt({ answered, cycles }: Evidence): number | undefined {
  const first = new Map<string, number>();
  for (const { via, endedAt } of answered)
    if (via) first.set(via, Math.min(endedAt, first.get(via) ?? Number.POSITIVE_INFINITY));
  return first.size > 0 ? Math.max(...first.values()) : cycles[0]?.filledWallMs;
}

/** A time in ms, with how often it counts. */
export interface Weighed {
  readonly ms: number;
  readonly weight: number;
}

/** Counts arrivals. In a history that was thinned out, one may stand for several. */
export const countOf = (arrivals: readonly Pick<Arrival, 'weight'>[]): number =>
  arrivals.reduce((sum, { weight = 1 }) => sum + weight, 0);

/** Counts the answers that a proxy forwarded from the replicas. */
export const countForwarded = (answered: readonly Answered[]): number =>
  countOf(answered.filter(({ cache }) => cache === 'fwd'));

/**
 * Gives how long past the end of its value's life each request was sent, in ms; 0 for a value that was still good. It
 * counts by the commits and the TTL, not by the replica's word. Answers that were made without the store do not count.
 */
export function stalenessMs({ commits, answered, settings }: Evidence): Weighed[] {
  const dueAt = new Map<number, number>();
  // Runs that were recorded before jitter existed lack it.
  const longestMs = settings.ttlMs * (1 + (settings.ttlJitter ?? 0));
  for (const { version, accepted, atWallMs } of commits) {
    if (accepted) dueAt.set(version, atWallMs + longestMs);
  }
  return answered
    .filter(({ degraded }) => !degraded)
    .map(({ version, sentAt, weight = 1 }) => ({
      ms: Math.max(0, sentAt - (dueAt.get(version) ?? Number.POSITIVE_INFINITY)),
      weight,
    }));
}

/** Groups the things by the order of values that they belong to. There is one order, except while the network is cut. */
export function byOrder<T>(
  { tolerance, timeline }: Pick<Evidence, 'tolerance' | 'timeline'>,
  things: readonly T[],
  whenAndBy: (thing: T) => { by: string; from: WallMs; to: WallMs },
): T[][] {
  if (!timeline) return [[...things]];
  const orders = Map.groupBy(things, (thing) => {
    const { by, from, to } = whenAndBy(thing);
    return tolerance.orderOf(by, from, to, timeline);
  });
  return [...orders].flatMap(([order, members]) => (order === undefined ? [] : [members]));
}
