import { faultsNamed } from '../../faults/index.ts';
import type { Recompute } from '../../faults/support/evidence.ts';
import { fromOutside } from '../../faults/support/outside/from-outside.ts';
import { isWitness, letPass } from '../../faults/support/witness.ts';
import { SAME_CLOCK } from '../../judge/clocks.ts';
import { cyclesOf, judgedCycles } from '../../judge/cycles.ts';
import { evidenceFrom } from '../../judge/evidence.ts';
import { claimFrom } from '../../judge/foreign/claim.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { FaultDetails, FaultEvent } from '../../record/fault-events.ts';
import { parsePromises } from '../../record/foreign/promises.ts';
import type { LedgerLine, RecomputeEnding } from '../../record/ledger.ts';
import { inOrderOfEnding, recordedRun } from './recorded-run.ts';

const recorded = await recordedRun('lock-run');

export const TTL_MS = 2000;
export const RECOMPUTE_MS = 600;
/** From one expiry to the next. */
export const PERIOD_MS = TTL_MS + RECOMPUTE_MS;
/** When the run began; times in a test count from here. */
const STARTED_AT = 1_795_315_735_000;
const REPLICAS = 4;
const ASKED_EVERY_MS = 20;
const HIT_MS = 1;

/** A call of the origin. Times in ms since the beginning. */
export interface Call {
  readonly version: number;
  readonly by: string;
  readonly replaces: number;
  readonly at: number;
  /** Absent: it never ended. */
  readonly endedAt?: number;
  readonly ending?: RecomputeEnding;
}

/** An answer, or a failure, in ms since the beginning. */
export type Asked = Omit<Arrival, 'dueAt' | 'sentAt' | 'endedAt'> & {
  readonly at: number;
  readonly endedAt: number;
};

/** A run of a user's own service that never happened. */
export interface OwnRun {
  readonly fault: string;
  readonly claim: string | null;
  readonly calls: readonly Call[];
  readonly answers: readonly Asked[];
  /** What the lab noted, each in ms since the beginning. */
  readonly steps: readonly {
    readonly phase: FaultEvent['phase'];
    readonly at: number;
    readonly what?: string;
    readonly details?: FaultDetails;
  }[];
  readonly victim: string;
  readonly graceMs?: number;
}

/** Gives the call that makes a version in a healthy run of so many: one per expiry, each by another replica. */
export const healthyCall = (version: number): Call => {
  const at = (version - 1) * PERIOD_MS;
  const by = `app-${1 + (version % REPLICAS)}`;
  return { version, by, replaces: version - 1, at, endedAt: at + RECOMPUTE_MS, ending: 'ok' };
};

/** Gives the calls of a healthy run of so many expiries. */
export const healthyCalls = (count: number): Call[] =>
  Array.from({ length: count }, (_, index) => healthyCall(index + 1));

/** Asks each replica in turn, until so long after the last call. Everybody has the newest value as soon as it is made. */
export function answersTo(calls: readonly Call[], untilMs: number): Asked[] {
  const made = calls
    .flatMap(({ version, ending, endedAt }) => (ending === 'ok' && endedAt ? [{ version, endedAt }] : []))
    .sort((a, b) => a.endedAt - b.endedAt);
  const answers: Asked[] = [];
  for (let at = 0, turn = 0; at < untilMs; at += ASKED_EVERY_MS, turn++) {
    const by = `app-${1 + (turn % REPLICAS)}`;
    const last = made.findLast(({ endedAt }) => endedAt <= at);
    const isFresh = last !== undefined && at < last.endedAt + TTL_MS;
    const given = isFresh ? last : made.find(({ endedAt }) => endedAt > at);
    if (!given) continue;
    const endedAt = (isFresh ? at : given.endedAt) + HIT_MS;
    answers.push({ at, endedAt, ending: 'ok', status: 200, by, served: 'answered', version: given.version });
  }
  return answers;
}

/** Says what the fault's judge finds in the run. */
export function foundInOwn({ fault, claim, calls, answers, steps, victim, graceMs = 0 }: OwnRun) {
  const settings = {
    ...recorded.facts.settings,
    ...{ app: 'node service.js', claim, fault, replicas: REPLICAS },
    ...{ ttlMs: TTL_MS, recomputeMs: RECOMPUTE_MS, recomputeJitter: 0, ttlJitter: 0, graceMs },
  };
  const events = steps.map(
    ({ at, ...step }): FaultEvent => ({
      ...{ at: STARTED_AT + at, by: 'lab', event: 'fault', fault, victim, ...step },
    }),
  );
  const arrivals = inOrderOfEnding(
    answers.map(({ at, endedAt, ...answer }) => ({
      ...{ dueAt: STARTED_AT + at, sentAt: STARTED_AT + at, endedAt: STARTED_AT + endedAt, ...answer },
    })),
  );
  const lastDueAt = Math.max(...arrivals.map(({ dueAt }) => dueAt));
  const evidence = evidenceFrom({
    facts: { ...recorded.facts, settings, herd: { ...recorded.facts.herd, lastDueAt, openedAt: STARTED_AT } },
    ledger: calls.flatMap(linesOf),
    ...{ events, arrivals },
    claim: claimFrom(parsePromises(claim)),
    faults: (faultsNamed(fault) ?? []).map((one) => fromOutside(one, settings)),
  });
  const [expectation] = evidence.faults;
  const [struck] = evidence.struck;
  if (!expectation || !struck) return undefined;
  const seen = { ...evidence, ...laidOut(calls) };
  const ruling = expectation.verify(seen, struck.timeline, struck.tolerance);
  if (!isWitness(ruling)) return ruling;
  letPass(arrivals, [ruling]);
  return ruling.end();
}

function linesOf({ version, by, replaces, at, endedAt, ending }: Call): LedgerLine[] {
  const began = STARTED_AT + at;
  const begin: LedgerLine = {
    ...{ event: 'begin', id: version, key: recorded.facts.settings.key, version, by, replaces },
    ...{ arrivedAt: began, at: began },
  };
  return endedAt === undefined || !ending
    ? [begin]
    : [begin, { event: 'end', id: version, at: STARTED_AT + endedAt, ending }];
}

/** Lays the calls out by what each of them says it replaces. */
function laidOut(calls: readonly Call[]) {
  const recomputes = calls.map(({ version, by, replaces, at, endedAt, ending }): Recompute => {
    const beganWallMs = STARTED_AT + at;
    return {
      ...{ id: version, version, by, replaces, beganWallMs, seenStoreMs: beganWallMs },
      ...(endedAt !== undefined && { endedWallMs: STARTED_AT + endedAt }),
      ...(ending && { ending }),
    };
  });
  const commits = calls.flatMap(({ version, by, ending, endedAt = 0 }) => {
    const at = STARTED_AT + endedAt;
    return ending === 'ok' ? [{ version, by, fence: 0, accepted: true, atWallMs: at, atStoreMs: at }] : [];
  });
  const cycles = cyclesOf({ recomputes, commits, invalidations: [], clocks: SAME_CLOCK });
  return { recomputes, commits, cycles, judged: judgedCycles(cycles, { invalidateMs: null }) };
}
