import type { Answered, Evidence, Tolerance } from '../faults/support/evidence.ts';
import type { Expectation } from '../faults/support/expectation.ts';
import { storedWallMs } from '../faults/support/lookups.ts';
import { timelineFrom } from '../faults/support/timeline.ts';
import type { History, RunData } from '../record/facts.ts';
import type { Claim, WallMs } from '../strategies/contract/index.ts';
import { clocksFrom } from './clocks.ts';
import { commitsIn, cyclesOf, grantsIn, judgedCycles, recomputesIn } from './cycles.ts';
import { outcomesOf } from './outcomes.ts';

/** Everything that was recorded of a run, and what to judge it by. The judge sees nothing else. */
export interface Recording extends RunData {
  readonly claim: Claim;
  readonly fault: Expectation | undefined;
}

/** The evidence of a run, the expectation of its fault, and the arrivals, which pass by once. */
export interface Case extends Evidence, Pick<RunData, 'damage'> {
  readonly fault: Expectation | undefined;
  /** As they were served: see outcomes.ts. */
  readonly arrivals: History;
  /** How far the store's clock and the others' may be off from each other; undefined: they cannot be compared. */
  readonly clockErrorMs: number | undefined;
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
  const clocks = clocksFrom(recording.events);
  const commits = commitsIn(recording.events, settings.key, clocks);
  const cycles = cyclesOf(recomputes, commits, clocks);
  const filledWallMs = cycles[0]?.filledWallMs ?? Number.POSITIVE_INFINITY;
  const warmWallMs = Math.max(filledWallMs + settings.recomputeMs, herd.openedAt) + WARM_SLACK_MS;
  return {
    ...recording,
    arrivals: settings.proxy ? outcomesOf(recording.arrivals, commits) : recording.arrivals,
    warmWallMs,
    timeline: timelineFrom(recording.events),
    tolerance: { ...NO_TOLERANCE, ...recording.fault?.tolerance(settings, recording.claim) },
    settings,
    casualties,
    herd,
    recomputes,
    commits,
    grants: grantsIn(recording.events, settings.key, clocks),
    clockErrorMs: clocks.errorMs,
    cycles,
    // The end of the load may cut the last cycle short.
    judged: judgedCycles(cycles, settings.fault ? Number.POSITIVE_INFINITY : settings.expiries).filter(
      ({ filledWallMs }) => filledWallMs <= herd.lastDueAt,
    ),
  };
}

/** Tells whether a request fell due once the run was warm. */
export const isWarm = (
  { warmWallMs }: Pick<Evidence, 'warmWallMs'>,
  { dueAt }: Pick<Answered, 'dueAt'>,
): boolean => dueAt >= warmWallMs;

/**
 * Gives a function that tells how long past the end of its value's life a request was sent, in ms; 0 for a value that was
 * still good. It counts by the commits and the TTL, not by the replica's word. Undefined for an answer that was made
 * without the store: it does not count.
 */
export function staleness({
  commits,
  settings,
}: Pick<Evidence, 'commits' | 'settings'>): (answer: Answered) => number | undefined {
  const storedAt = storedWallMs(commits);
  const longestMs = settings.ttlMs * (1 + settings.ttlJitter);
  return ({ degraded, version, sentAt }) =>
    degraded
      ? undefined
      : Math.max(0, sentAt - ((storedAt.get(version) ?? Number.POSITIVE_INFINITY) + longestMs));
}

/**
 * Names the order of values that somebody was in between two moments. There is one order, except while the network is cut.
 * Undefined: in none.
 */
export const orderIn = (
  { tolerance, timeline }: Pick<Evidence, 'tolerance' | 'timeline'>,
  by: string,
  fromWallMs: WallMs,
  toWallMs: WallMs,
): string | undefined => (timeline ? tolerance.orderOf(by, fromWallMs, toWallMs, timeline) : 'all');
