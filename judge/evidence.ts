import type { Answered, Cycle, Evidence, Struck, Tolerance } from '../faults/support/evidence.ts';
import type { Expectation } from '../faults/support/expectation.ts';
import { AFTERMATH_MS, mayDegrade } from '../faults/support/lookups.ts';
import { stallIn } from '../faults/support/stalled-store.ts';
import { STORE_KILLED, type Timeline, timelineFrom } from '../faults/support/timeline.ts';
import type { History, RunData } from '../record/facts.ts';
import { CORRUPTED, corruptionsIn } from '../record/fault-events.ts';
import { isForeign } from '../record/foreign/foreign.ts';
import { type Promises, parsePromises } from '../record/foreign/promises.ts';
import type { Claim, WallMs } from '../strategies/contract/index.ts';
import { apartMs, type Clocks, clocksFrom, ONE_CLOCK } from './clocks.ts';
import { cyclesOf, grantsIn, invalidationsIn, judgedCycles, recomputesIn } from './cycles.ts';
import { type ForeignLayout, layOut } from './foreign/layout.ts';
import { measuredAnswers } from './foreign/measured-answers.ts';
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
  /** Of a user's own service: what it promises, and how its expiries are known. */
  readonly foreign?:
    | (Pick<ForeignLayout, 'attribution' | 'storedByWallMs'> & { readonly promises: Promises })
    | undefined;
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
  aftermathMs: AFTERMATH_MS,
  degraded: 'nobody',
  excuses: () => false,
};

/** Lays a recording out for the checks. Of a user's own service, reads the arrivals once. */
export function evidenceFrom(recording: Recording): Case {
  const { settings, casualties, herd } = recording.facts;
  const struck = recording.faults.flatMap((fault) => struckBy(fault, recording));
  const seen = isForeign(settings) ? fromOutside(recording, struck) : fromInside(recording, struck);
  return {
    ...recording,
    ...seen,
    warmWallMs: warmFrom(seen.cycles, recording.facts),
    ...{ struck, settings, casualties, herd },
    // The end of the load may cut the last cycle short.
    judged: judgedCycles(seen.cycles, settings).filter(({ filledWallMs }) => filledWallMs <= herd.lastDueAt),
  };
}

/** What the records show of the key's values. */
type Seen = Pick<
  Case,
  | 'arrivals'
  | 'operations'
  | 'recomputes'
  | 'commits'
  | 'grants'
  | 'invalidations'
  | 'clockErrorMs'
  | 'cycles'
  | 'foreign'
>;

/** Lays out what the members recorded of themselves. */
function fromInside(recording: Recording, struck: readonly Struck[]): Seen {
  const { settings } = recording.facts;
  const recomputes = recomputesIn(recording.ledger, settings.key);
  const clocks = clocksFrom(recording.events);
  const operations = operationsIn(recording, clocks, (sentWallMs) =>
    struck.some(({ tolerance, timeline }) => tolerance.forgetsStore && sentWallMs < lostAtWallMs(timeline)),
  );
  const stalls = struck.flatMap(({ timeline }) => stallIn(timeline) ?? []);
  const commits = commitsOf(operations.commits, clocks, stalls[0]);
  const invalidations = invalidationsIn(recording.events, settings.key);
  return {
    arrivals: settings.proxy ? outcomesOf(recording.arrivals, commits) : recording.arrivals,
    ...{ operations, recomputes, commits },
    grants: grantsIn(recording.events, settings.key, clocks),
    invalidations: invalidations.map((atStoreMs) => ({ atStoreMs, atWallMs: clocks.wallOf(atStoreMs) })),
    clockErrorMs: clocks.errorMs,
    cycles: cyclesOf({
      recomputes,
      commits,
      invalidations,
      corruptions: corruptionsIn(recording.events).map(({ atStoreMs }) => atStoreMs),
      clocks,
      orderAt: (by, atWallMs) => orderIn({ struck }, by, atWallMs, atWallMs),
    }),
  };
}

/** Lays out what the origin and the herd saw of a service that records nothing. */
function fromOutside(recording: Recording, struck: readonly Struck[]): Seen {
  const { settings } = recording.facts;
  const layout = layOut(recording, lossesIn(recording, struck));
  const { recomputes, made, cycles, invalidatedWallMs, attribution, storedByWallMs } = layout;
  return {
    arrivals: measuredAnswers(recording.arrivals, {
      ...{ settings, layout },
      isWithoutStore: ({ by = '', sentAt, endedAt }) => mayDegrade({ struck }, by, sentAt, endedAt),
    }),
    operations: { commits: [], recomputes: [] },
    ...{ recomputes, commits: made, cycles, grants: [] },
    invalidations: invalidatedWallMs.map((atWallMs) => ({
      atStoreMs: ONE_CLOCK.storeOf(atWallMs),
      atWallMs,
    })),
    // Containers may run in a virtual machine, whose clock is its own.
    clockErrorMs: recording.facts.runtime === 'compose' ? apartMs(recording.events) : ONE_CLOCK.errorMs,
    foreign: { promises: parsePromises(settings.claim), attribution, storedByWallMs },
  };
}

/** Gives when a fault may have taken the store's contents away, or made them unreadable: each step that the lab noted. */
const lossesIn = ({ events }: Recording, struck: readonly Struck[]): WallMs[] =>
  events.flatMap((event) =>
    event.event === 'fault' &&
    (event.what === CORRUPTED ||
      struck.some(({ tolerance, timeline }) => tolerance.forgetsStore && timeline.fault === event.fault))
      ? [event.at]
      : [],
  );

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
