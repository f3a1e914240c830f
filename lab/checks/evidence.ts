import type { HerdResult } from '../../load/herd.ts';
import type { Arrival } from '../../load/history.ts';
import type { Tolerance } from '../faults/fault.ts';
import { type Timeline, timelineFrom } from '../faults/timeline.ts';
import type { Recording, RunFacts } from '../recording.ts';
import {
  type Commit,
  type Cycle,
  commitsIn,
  cyclesOf,
  judgedCycles,
  type Recompute,
  recomputesIn,
} from './cycles.ts';
import { outcomesOf } from './outcomes.ts';

/** An answered request. */
export type Answered = Arrival & Required<Pick<Arrival, 'sentAt' | 'endedAt' | 'served' | 'version'>>;

export const WARM_SLACK_MS = 500;

/** A recording, laid out for the checks. */
export interface Evidence extends Recording, Pick<RunFacts, 'settings' | 'casualties'> {
  readonly herd: Omit<HerdResult, 'arrivals'>;
  readonly recomputes: readonly Recompute[];
  readonly commits: readonly Commit[];
  readonly cycles: readonly Cycle[];
  /** The expiries that count. */
  readonly judged: readonly Required<Cycle>[];
  readonly answered: readonly Answered[];
  /** When the warm-up was over: the cold cache filled, the herd's connections open. Wall time in ms. */
  readonly warmAt: number;
  /** The answers to what fell due since then: before, thousands of connections are being opened. */
  readonly warm: readonly Answered[];
  /** When the fault came and went, if one did. */
  readonly timeline: Timeline | undefined;
  /** What the fault may cost. */
  readonly tolerance: Tolerance;
}

const NO_TOLERANCE: Tolerance = {
  extraRecomputes: 0,
  extraWaitMs: 0,
  staleMs: 0,
  orderOf: () => 'all',
  forgetsStore: false,
  excuses: () => false,
};
/** What follows a fault belongs to it for so long. */
const AFTERMATH_MS = 500;

export function evidenceFrom(recording: Recording): Evidence {
  const { settings, casualties, herd } = recording.facts;
  const recomputes = recomputesIn(recording.ledger, settings.key);
  const commits = commitsIn(recording.events, settings.key);
  const cycles = cyclesOf(recomputes, commits);
  const arrivals = outcomesOf(recording.arrivals, commits);
  const endedAt = recording.arrivals.reduce((last, { dueAt }) => Math.max(last, dueAt), 0);
  const filledAt = cycles[0]?.filledAt ?? Number.POSITIVE_INFINITY;
  const warmAt = Math.max(filledAt + settings.recomputeMs, herd.openedAt) + WARM_SLACK_MS;
  const answered = arrivals.filter((arrival): arrival is Answered => arrival.ending === 'ok');
  return {
    ...recording,
    arrivals,
    warmAt,
    warm: answered.filter(({ dueAt }) => dueAt >= warmAt),
    timeline: timelineFrom(recording.events),
    tolerance: { ...NO_TOLERANCE, ...recording.fault?.tolerance(settings) },
    settings,
    casualties,
    herd,
    recomputes,
    commits,
    cycles,
    // The end of the load may cut the last one short.
    judged: judgedCycles(cycles, settings.fault ? Number.POSITIVE_INFINITY : settings.expiries).filter(
      ({ filledAt }) => filledAt <= endedAt,
    ),
    answered,
  };
}

/** Whether a fault had its hand in the cycle. */
export const touched = (
  { timeline }: Evidence,
  { beganAt, filledAt = Number.POSITIVE_INFINITY }: Cycle,
): boolean =>
  timeline !== undefined && beganAt < timeline.healedAt + AFTERMATH_MS && filledAt > timeline.injectedAt;

/**
 * When everybody could be served from a cache: the first fill of the store, or of the last proxy to have had an answer.
 * Undefined where that never came.
 */
export function filledOnceAt({ answered, cycles }: Evidence): number | undefined {
  const first = new Map<string, number>();
  for (const { via, endedAt } of answered)
    if (via) first.set(via, Math.min(endedAt, first.get(via) ?? Number.POSITIVE_INFINITY));
  return first.size > 0 ? Math.max(...first.values()) : cycles[0]?.filledAt;
}

/** A time in ms, and how often it counts. */
export interface Weighed {
  readonly ms: number;
  readonly weight: number;
}

/** How many there were: where a long history was thinned, each that is left stands for several. */
export const countOf = (arrivals: readonly Pick<Arrival, 'weight'>[]): number =>
  arrivals.reduce((sum, { weight = 1 }) => sum + weight, 0);

/** How many of the answers came from the replicas themselves, through a proxy. */
export const forwarded = (answered: readonly Answered[]): number =>
  countOf(answered.filter(({ cache }) => cache === 'fwd'));

/** Whether a request was under way while the cycle's value was being made. */
export const crossed = ({ dueAt, endedAt }: Answered, { beganAt, filledAt }: Required<Cycle>): boolean =>
  dueAt <= filledAt && endedAt >= beganAt;

/**
 * How long past the end of its value's life each answer was asked for, in ms; 0 for what was still good then. Told by
 * the commits and the TTL, not by what the replica said of it. Answers made without the store are not of it.
 */
export function stalenessMs({ commits, answered, settings }: Evidence): Weighed[] {
  const dueAt = new Map<number, number>();
  // Runs recorded before there was jitter know nothing of it.
  const longestMs = settings.ttlMs * (1 + (settings.ttlJitter ?? 0));
  for (const { version, accepted, at } of commits) {
    if (accepted) dueAt.set(version, at + longestMs);
  }
  return answered
    .filter(({ degraded }) => !degraded)
    .map(({ version, sentAt, weight = 1 }) => ({
      ms: Math.max(0, sentAt - (dueAt.get(version) ?? Number.POSITIVE_INFINITY)),
      weight,
    }));
}

/**
 * How far behind the commit each waiter had its value, in ms: in its replica's hands, or at the client, behind the
 * answers to everybody else who waited with it.
 */
export function wakeLagsMs(
  { commits, answered, warmAt, settings }: Evidence,
  where: 'replica' | 'client',
): number[] {
  const storedAt = new Map(
    commits.filter(({ accepted }) => accepted).map(({ version, at }) => [version, at]),
  );
  // nginx has waiters at the first fill and at no other.
  const since = settings.proxy ? 0 : warmAt;
  return answered.flatMap(({ served, version, sentAt, answeredAt = 0, endedAt }) => {
    const at = storedAt.get(version);
    if (served !== 'waited' || at === undefined || sentAt > at || sentAt < since) return [];
    return [(where === 'replica' ? answeredAt : endedAt) - at];
  });
}

/** The given things by the order of values that they belong to: one for all, but while the network was cut. */
export function byOrder<T>(
  { tolerance, timeline }: Pick<Evidence, 'tolerance' | 'timeline'>,
  things: readonly T[],
  whenAndBy: (thing: T) => { by: string; from: number; to: number },
): T[][] {
  if (!timeline) return [[...things]];
  const orders = Map.groupBy(things, (thing) => {
    const { by, from, to } = whenAndBy(thing);
    return tolerance.orderOf(by, from, to, timeline);
  });
  return [...orders].flatMap(([order, members]) => (order === undefined ? [] : [members]));
}
