import type { Commit } from '../../faults/support/evidence.ts';
import {
  type CommitEvent,
  type DecidedCommit,
  isDecidedCommit,
  type RecomputeEvent,
  type RecordedEvent,
} from '../../record/events.ts';
import type { RunEvent } from '../../record/facts.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { type Clocks, SAME_CLOCK } from '../clocks.ts';

type Recorded<E> = E & Pick<RecordedEvent, 'at' | 'by'>;
type Committing = Recorded<Extract<CommitEvent, { event: 'committing' }>>;
type RecomputeBegun = Recorded<Extract<RecomputeEvent, { event: 'recompute' }>>;
type RecomputeEnded = Recorded<Extract<RecomputeEvent, { event: 'recompute-ended' }>>;

/** A write to the store, as its writer recorded it. */
export interface CommitOperation {
  readonly by: string;
  readonly version: number;
  /** The fence that it was sent with: that of the grant, or the one that the writer had seen; 0 without a condition. */
  readonly fence: number;
  /** What the store accepts it on: see `Condition` in strategies/contract/values.ts. */
  readonly condition: 'grant' | 'seen-fence' | 'always';
  /** When it was about to be sent, by the writer's clock. */
  readonly beganWallMs: WallMs;
  /** The store's decision; undefined: no reply reached the journal, so nobody knows yet. */
  readonly decision: Recorded<DecidedCommit> | undefined;
  /** Whether the store answered that it could not write. */
  readonly hasFailed: boolean;
}

/** A call of the origin, as its asker recorded it. */
export interface RecomputeOperation {
  readonly by: string;
  readonly replaces: number | undefined;
  /** When it was about to be sent, by the asker's clock. */
  readonly beganWallMs: WallMs;
  /** The version that the origin answered with. */
  readonly version: number | undefined;
  /** `fail`: the origin said that it failed. `unknown`: no reply reached the journal. */
  readonly reply: 'ok' | 'fail' | 'unknown';
}

/**
 * Lists a key's writes in the order in which they were recorded. A holder whose commit was not answered may send it again:
 * that is one write.
 */
export function commitOperationsIn(events: readonly RunEvent[], key: string): CommitOperation[] {
  const begins = events.filter((event): event is Committing => event.event === 'committing');
  const ends = events.filter((event): event is Recorded<CommitEvent & { event: 'commit' }> =>
    isCommit(event),
  );
  const sent = pairsOf(begins.filter(of(key)), ends.filter(of(key))).map(([begin, end]): CommitOperation => {
    const { by, version, fence, at } = begin ?? end;
    return {
      ...{ by, version, fence, beganWallMs: at },
      condition: fence === 0 ? 'always' : begin && begin.replaces === undefined ? 'seen-fence' : 'grant',
      decision: end && isDecidedCommit(end) ? end : undefined,
      hasFailed: end?.outcome === 'fail',
    };
  });
  const attempts = Map.groupBy(sent, ({ by, version, fence }) => `${by} ${version} ${fence}`);
  return [...attempts.values()].flatMap(writesOf).sort((a, b) => a.beganWallMs - b.beganWallMs);
}

/**
 * Gives the writes that these attempts were, all by one writer and with one fence. A fence allows one write. So if one attempt
 * was accepted, those without an answer were not; if one was refused, an earlier one may have been accepted.
 */
function writesOf(attempts: readonly CommitOperation[]): readonly CommitOperation[] {
  const [first] = attempts.filter(
    ({ condition, decision, hasFailed }) => condition === 'grant' && !decision && !hasFailed,
  );
  if (!first || attempts.length === 1) return attempts;
  const accepted = attempts.filter(({ decision }) => decision?.outcome === 'accepted');
  return accepted.length > 0 ? accepted : [first];
}

/** Lists a key's calls of the origin in the order in which they were recorded. */
export function recomputeOperationsIn(events: readonly RunEvent[], key: string): RecomputeOperation[] {
  const begins = events.filter((event): event is RecomputeBegun => event.event === 'recompute');
  const ends = events.filter((event): event is RecomputeEnded => event.event === 'recompute-ended');
  return pairsOf(begins.filter(of(key)), ends.filter(of(key))).map(([begin, end]) => ({
    by: (begin ?? end).by,
    replaces: begin?.replaces,
    beganWallMs: (begin ?? end).at,
    version: end?.outcome === 'ok' ? end.version : undefined,
    reply: end?.outcome ?? 'unknown',
  }));
}

/** Gives a key's writes that the store decided on, in that order. Those without a known decision are left out. */
export const commitsIn = (events: readonly RunEvent[], key: string, clocks: Clocks = SAME_CLOCK): Commit[] =>
  commitOperationsIn(events, key)
    .flatMap(({ decision }) => (decision ? [decidedCommit(decision, clocks)] : []))
    .sort((a, b) => a.atStoreMs - b.atStoreMs);

/** Gives a write that the store decided on its place in the store's order. */
export const decidedCommit = (
  { version, fence, outcome, storeAt, by }: Recorded<DecidedCommit>,
  { wallOf }: Clocks,
): Commit => ({
  ...{ version, fence, by, accepted: outcome === 'accepted' },
  ...{ atStoreMs: storeAt, atWallMs: wallOf(storeAt) },
});

const isCommit = (event: RunEvent): boolean => event.event === 'commit';

const of =
  (key: string) =>
  (event: { readonly key: string }): boolean =>
    event.key === key;

/** What tells operations apart: the journal, which is named after its process, and the number within it. */
interface Numbered {
  readonly by: string;
  readonly op: number;
  readonly at: WallMs;
}

type Pair<B, E> = readonly [begin: B, end: E | undefined] | readonly [begin: undefined, end: E];

/**
 * Pairs the beginnings and ends of operations. A process that restarts goes on with the journal of its name. If it counts
 * from 1 again, two operations have the same number. An end then belongs to the last beginning before it. The other one stays
 * open.
 * An end without a beginning, as foreign or older records have it, is an operation too.
 */
function pairsOf<B extends Numbered, E extends Numbered>(
  begins: readonly B[],
  ends: readonly E[],
): Pair<B, E>[] {
  const idOf = ({ by, op }: Numbered) => `${by} ${op}`;
  const endsOf = Map.groupBy(ends, idOf);
  const pairs: Pair<B, E>[] = [];
  for (const [id, same] of Map.groupBy(begins, idOf)) {
    const left = [...(endsOf.get(id) ?? [])];
    endsOf.delete(id);
    for (const [index, begin] of same.entries()) {
      const next = same[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      const [first] = left;
      const end = first && (same.length === 1 || first.at < next) ? left.shift() : undefined;
      pairs.push([begin, end]);
    }
    pairs.push(...left.map((end): Pair<B, E> => [undefined, end]));
  }
  for (const alone of endsOf.values()) pairs.push(...alone.map((end): Pair<B, E> => [undefined, end]));
  const atOf = ([begin, end]: Pair<B, E>) => (begin ?? (end as E)).at;
  return pairs.sort((a, b) => atOf(a) - atOf(b));
}
