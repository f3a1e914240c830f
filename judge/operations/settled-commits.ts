import type { Commit } from '../../faults/support/evidence.ts';
import type { stallIn } from '../../faults/support/stalled-store.ts';
import { isAnswered } from '../../faults/support/witness.ts';
import type { RunData } from '../../record/facts.ts';
import type { StoreMs, WallMs } from '../../strategies/contract/index.ts';
import type { Clocks } from '../clocks.ts';
import { type CommitOperation, decidedCommit } from './operations.ts';

/**
 * What became of a write, in the manner of Jepsen's ok, fail and info:
 * - `accepted`, `refused`: the store's decision, or for `accepted` other evidence of it;
 * - `absent`: the store does not have it, and never will;
 * - `open`: nobody knows.
 */
export type SettledCommit = CommitOperation &
  (
    | { readonly outcome: 'refused' | 'absent' | 'open' }
    /** `untilStoreMs`: by when the store had accepted it, if it is settled by other evidence than the decision. */
    | { readonly outcome: 'accepted'; readonly untilStoreMs?: StoreMs }
  );

/** What may settle a write whose reply never reached the journal. */
export interface SettlingEvidence extends Pick<RunData, 'ledger' | 'events' | 'arrivals'> {
  readonly key: string;
  readonly clocks: Clocks;
  /** Tells whether the store lost its contents after the write was sent, by a fault that does that. */
  isForgotten(operation: CommitOperation): boolean;
}

/**
 * Settles every write of a key. One without a decision is settled by what others saw of version w under fence f:
 *
 * 1. It was *accepted* if anybody saw it in the store. That is so if a later look at the store named w as the newest version
 *    (`replaces`), if a waiter was woken by a fill under f, or if an answer that is not degraded came from the store: a
 *    `hit` or `stale` of w, or a `waited` of w in another process than the writer's. In the writer's own process the callers
 *    who waited, or recomputed, may have the value from its memory, so their answers prove nothing.
 * 2. It is *absent* for good if the key's newest fence had passed f, and a look at the store at that time or later named
 *    a version below w as the newest. Before that look w was not stored; after it the fence refuses w. Among writers who saw the same
 *    fence, the store accepts one: if that one is known, the others are absent.
 * 3. It is absent too if the store answered that it cannot write: then it executed nothing. So it is if the store lost its contents afterwards: what nobody saw in between changed nothing.
 * 4. Otherwise it is *open*. So is a write without a condition (`always`) that nobody saw: no fence refuses it, so it may
 *    arrive at any time.
 *
 * Reads the arrivals only if a decision is missing.
 */
export function settleCommits(
  operations: readonly CommitOperation[],
  evidence: SettlingEvidence,
): SettledCommit[] {
  const decided = ({ decision, ...operation }: CommitOperation): SettledCommit[] =>
    decision
      ? [{ ...operation, decision, outcome: decision.outcome === 'accepted' ? 'accepted' : 'refused' }]
      : [];
  if (operations.every(({ decision }) => decision)) return operations.flatMap(decided);
  const seen = firstSightings(operations, evidence);
  const isAbsent = absenceIn(operations, evidence);
  return operations.map((operation): SettledCommit => {
    const [known] = decided(operation);
    if (known) return known;
    const untilStoreMs = seen.get(operation);
    if (untilStoreMs !== undefined) return { ...operation, outcome: 'accepted', untilStoreMs };
    return { ...operation, outcome: operation.hasFailed || isAbsent(operation) ? 'absent' : 'open' };
  });
}

/**
 * Gives the writes that the store accepted or refused their places in its order. One that is settled by other evidence was
 * accepted between the moment when it was sent and the first evidence. If it was sent to a store that was frozen, by the
 * lab's own record, it was accepted after that.
 */
export function commitsOf(
  settled: readonly SettledCommit[],
  clocks: Clocks,
  stall: ReturnType<typeof stallIn>,
): Commit[] {
  const earliestWallMs = (sentWallMs: WallMs) =>
    stall && sentWallMs >= stall.fromWallMs ? Math.max(sentWallMs, stall.untilWallMs) : sentWallMs;

  const commits = settled.flatMap((commit): Commit[] => {
    if (commit.decision) return [decidedCommit(commit.decision, clocks)];
    if (commit.outcome !== 'accepted') return [];
    const { by, version, fence, beganWallMs } = commit;
    const atStoreMs = clocks.storeOf(earliestWallMs(beganWallMs), by);
    const storeMs = Math.max(atStoreMs, commit.untilStoreMs ?? atStoreMs);
    return [
      {
        ...{ version, fence, by, accepted: true, atStoreMs, atWallMs: clocks.wallOf(atStoreMs) },
        until: { storeMs, wallMs: clocks.wallOf(storeMs) },
      },
    ];
  });
  return commits.sort((a, b) => a.atStoreMs - b.atStoreMs);
}

/** Gives when each undecided write was first seen in the store. */
function firstSightings(
  operations: readonly CommitOperation[],
  { ledger, events, arrivals, key, clocks }: SettlingEvidence,
): Map<CommitOperation, StoreMs> {
  const seen = new Map<CommitOperation, StoreMs>();
  const saw = (operation: CommitOperation | undefined, atStoreMs: StoreMs) => {
    if (operation && atStoreMs < (seen.get(operation) ?? Number.POSITIVE_INFINITY))
      seen.set(operation, atStoreMs);
  };
  const ofVersion = uniqueBy(operations, ({ version }) => version);
  const ofGrant = uniqueBy(
    operations.filter(({ condition }) => condition === 'grant'),
    ({ fence }) => fence,
  );
  for (const line of ledger)
    if (line.event === 'begin' && line.key === key && line.replaces !== undefined)
      saw(ofVersion(line.replaces), line.seenAt ?? clocks.storeOf(line.at));
  for (const event of events) {
    if (!('key' in event) || event.key !== key) continue;
    if (event.event === 'woken') saw(ofGrant(event.fence), clocks.storeOf(event.at, event.by));
    if ('replaces' in event && event.replaces !== undefined)
      saw(ofVersion(event.replaces), clocks.storeOf(event.at, event.by));
  }
  for (const arrival of arrivals) {
    if (!isAnswered(arrival) || arrival.degraded) continue;
    const { version, served, by, endedAt } = arrival;
    const operation = ofVersion(version);
    if (!operation) continue;
    const isFromStore =
      served === 'hit' || served === 'stale' || (served === 'waited' && by !== operation.by);
    if (isFromStore) saw(operation, clocks.storeOf(endedAt, 'herd'));
  }
  return new Map([...seen].filter(([{ decision }]) => !decision));
}

/**
 * Gives a function that finds the only write with this property. If several have it, evidence of one of them could be of
 * another, and settles none.
 */
function uniqueBy(
  operations: readonly CommitOperation[],
  propertyOf: (operation: CommitOperation) => number,
): (property: number) => CommitOperation | undefined {
  const found = Map.groupBy(operations, propertyOf);
  return (property) => {
    const [first, ...more] = found.get(property) ?? [];
    return more.length === 0 ? first : undefined;
  };
}

/** Gives a test for undecided writes, which nobody saw, that the store does not have and never will. */
function absenceIn(
  operations: readonly CommitOperation[],
  { ledger, events, key, isForgotten }: SettlingEvidence,
): (operation: CommitOperation) => boolean {
  const looks = ledger.flatMap((line) =>
    line.event === 'begin' && line.key === key && line.seenAt !== undefined && line.replaces !== undefined
      ? [{ atStoreMs: line.seenAt, newestVersion: line.replaces }]
      : [],
  );
  const fences = events.flatMap((event) =>
    'storeAt' in event && event.key === key ? [{ atStoreMs: event.storeAt, fence: event.fence }] : [],
  );
  const wonUnder = new Set(
    operations
      .filter(({ condition, decision }) => condition === 'seen-fence' && decision?.outcome === 'accepted')
      .map(({ fence }) => fence),
  );
  return (operation) => {
    const { fence, version, condition } = operation;
    if (isForgotten(operation)) return true;
    if (condition === 'always') return false;
    if (condition === 'seen-fence' && wonUnder.has(fence)) return true;
    const passedStoreMs = fences
      .filter((newer) => newer.fence > fence)
      .reduce((first, { atStoreMs }) => Math.min(first, atStoreMs), Number.POSITIVE_INFINITY);
    return looks.some(
      ({ atStoreMs, newestVersion }) => atStoreMs >= passedStoreMs && newestVersion < version,
    );
  };
}
