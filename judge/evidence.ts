import type { Answered, Cycle, Evidence, Struck, Tolerance } from '../faults/support/evidence.ts';
import type { Expectation } from '../faults/support/expectation.ts';
import { stallIn } from '../faults/support/stalled-store.ts';
import { STORE_KILLED, type Timeline, timelineFrom } from '../faults/support/timeline.ts';
import type { History, RunData } from '../record/facts.ts';
import { corruptionsIn } from '../record/fault-events.ts';
import type { Claim, WallMs } from '../strategies/contract/index.ts';
import { type Clocks, clocksFrom } from './clocks.ts';
import { cyclesOf, grantsIn, invalidationsIn, judgedCycles, recomputesIn } from './cycles.ts';
import { commitOperationsIn, recomputeOperationsIn } from './operations/operations.ts';
import { commitsOf, type SettledCommit, settleCommits } from './operations/settled-commits.ts';
import { type SettledRecompute, settleRecomputes } from './operations/settled-recomputes.ts';
import { outcomesOf } from './outcomes.ts';

/** Everything that was recorded of a run, and what to judge it by. The judge sees nothing else. */
export interface Recording extends RunData {
  readonly claim: Claim;
  /** What was to break: nothing, one thing, or two at once. */
  readonly faults: readonly Expectation[];
}

/** The evidence of a run, the expectations of its faults, and the arrivals, which pass by once. */
export interface Case extends Evidence, Pick<RunData, 'damage'> {
  readonly faults: readonly Expectation[];
  /** As they were served: see outcomes.ts. */
  readonly arrivals: History;
  /** How far the store's clock and the others' may be off from each other; undefined: they cannot be compared. */
  readonly clockErrorMs: number | undefined;
  /** The key's writes and calls of the origin, and what became of each. */
  readonly operations: {
    readonly commits: readonly SettledCommit[];
    readonly recomputes: readonly SettledRecompute[];
  };
}

export const WARM_SLACK_MS = 500;

const NO_TOLERANCE: Tolerance = {
  extraRecomputes: 0,
  extraWaitMs: 0,
  staleMs: 0,
  orderOf: () => 'all',
  forgetsStore: false,
  degraded: 'nobody',
  excuses: () => false,
};

/** Lays a recording out for the checks. */
export function evidenceFrom(recording: Recording): Case {
  const { settings, casualties, herd } = recording.facts;
  const recomputes = recomputesIn(recording.ledger, settings.key);
  const clocks = clocksFrom(recording.events);
  const struck = recording.faults.flatMap((fault) => struckBy(fault, recording));
  const operations = operationsIn(recording, clocks, (sentWallMs) =>
    struck.some(({ tolerance, timeline }) => tolerance.forgetsStore && sentWallMs < lostAtWallMs(timeline)),
  );
  const stalls = struck.flatMap(({ timeline }) => stallIn(timeline) ?? []);
  const commits = commitsOf(operations.commits, clocks, stalls[0]);
  const invalidations = invalidationsIn(recording.events, settings.key);
  const cycles = cyclesOf({
    recomputes,
    commits,
    invalidations,
    corruptions: corruptionsIn(recording.events).map(({ atStoreMs }) => atStoreMs),
    clocks,
    orderAt: (by, atWallMs) => orderIn({ struck }, by, atWallMs, atWallMs),
  });
  return {
    ...recording,
    arrivals: settings.proxy ? outcomesOf(recording.arrivals, commits) : recording.arrivals,
    warmWallMs: warmFrom(cycles, recording.facts),
    struck,
    operations,
    settings,
    casualties,
    herd,
    recomputes,
    commits,
    grants: grantsIn(recording.events, settings.key, clocks),
    invalidations: invalidations.map((atStoreMs) => ({ atStoreMs, atWallMs: clocks.wallOf(atStoreMs) })),
    clockErrorMs: clocks.errorMs,
    cycles,
    // The end of the load may cut the last cycle short.
    judged: judgedCycles(cycles, settings).filter(({ filledWallMs }) => filledWallMs <= herd.lastDueAt),
  };
}

/** Gives when a run was warm; Infinity if it never was. The first cycle fills the cold cache. */
export function warmFrom(cycles: readonly Cycle[], { settings, herd }: RunData['facts']): WallMs {
  const filledWallMs = cycles[0]?.filledWallMs ?? Number.POSITIVE_INFINITY;
  return Math.max(filledWallMs + settings.recomputeMs, herd.openedAt) + WARM_SLACK_MS;
}

/** Gives what the fault did, and what it may cost; nothing if it was never injected. */
function struckBy(fault: Expectation, { events, facts, claim }: Recording): Struck[] {
  const timeline = timelineFrom(events, fault.name);
  return timeline
    ? [{ timeline, tolerance: { ...NO_TOLERANCE, ...fault.tolerance(facts.settings, claim) } }]
    : [];
}

/** Gives when a fault that empties the store had done so: what was sent later may be stored. */
const lostAtWallMs = (timeline: Timeline): WallMs =>
  timeline.noteOf(STORE_KILLED)?.atWallMs ?? timeline.healedWallMs;

/**
 * Settles the key's operations. A write that stays open is left out if it began after the last request fell due: the lab
 * may have ended its writer in the middle of it, and no answer depends on it.
 */
function operationsIn(
  { events, ledger, arrivals, facts }: Recording,
  clocks: Clocks,
  isForgotten: (sentWallMs: WallMs) => boolean,
): Case['operations'] {
  const { key } = facts.settings;
  const lastStoreMs = clocks.storeOf(facts.herd.lastDueAt, 'herd');
  const duringLoad = ({ by, beganWallMs }: Pick<SettledCommit, 'by' | 'beganWallMs'>) =>
    clocks.storeOf(beganWallMs, by) <= lastStoreMs;
  const commits = settleCommits(commitOperationsIn(events, key), {
    ...{ events, ledger, arrivals, key, clocks },
    isForgotten: ({ beganWallMs }) => isForgotten(beganWallMs),
  });
  return {
    commits: commits.filter((commit) => commit.outcome !== 'open' || duringLoad(commit)),
    recomputes: settleRecomputes(recomputeOperationsIn(events, key), ledger, key),
  };
}

/** Tells whether a request fell due once the run was warm. */
export const isWarm = (
  { warmWallMs }: Pick<Evidence, 'warmWallMs'>,
  { dueAt }: Pick<Answered, 'dueAt'>,
): boolean => dueAt >= warmWallMs;

/**
 * Names the order of values that somebody was in between two moments. There is one order, except while the network is cut.
 * Undefined: in none.
 */
export function orderIn(
  { struck }: Pick<Evidence, 'struck'>,
  by: string,
  fromWallMs: WallMs,
  toWallMs: WallMs,
): string | undefined {
  const orders = struck.map(({ tolerance, timeline }) =>
    tolerance.orderOf(by, fromWallMs, toWallMs, timeline),
  );
  return orders.includes(undefined) ? undefined : orders.join(' and ');
}
