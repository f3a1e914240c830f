import type { Begun, Ending, LedgerLine } from '../../services/origin/ledger.ts';
import type { RunEvent } from '../recording.ts';

/** One line of the origin's ledger, begin and end together. */
export interface Recompute {
  readonly id: number;
  readonly version: number;
  readonly by: string;
  /** The store's clock when the asker saw the need; absent when it had no store to ask: see degraded.ts. */
  readonly seenAt?: number;
  readonly at: number;
  /** Absent while it runs, or when the origin died under it. */
  readonly endedAt?: number;
  readonly ending?: Ending;
}

/** A write as the store ordered it. */
export interface Commit {
  readonly version: number;
  readonly fence: number;
  readonly accepted: boolean;
  /** The store's clock. */
  readonly at: number;
  readonly by: string;
}

/**
 * The life of one version, from the first look that found the one before missing or due. Every recompute whose need was
 * seen before the cycle's first accepted commit belongs to it; the next one opens the next cycle. Both moments are the
 * store's own, so the order is exact and no straggler is taken for a new expiry.
 */
export interface Cycle {
  readonly beganAt: number;
  readonly recomputes: readonly Recompute[];
  /** When the first value of the cycle was stored. */
  readonly filledAt?: number;
}

export function recomputesIn(ledger: readonly LedgerLine[], key: string): Recompute[] {
  const ends = new Map(ledger.flatMap((line) => (line.event === 'end' ? [[line.id, line] as const] : [])));
  return ledger
    .filter((line): line is Begun => line.event === 'begin' && line.key === key)
    .map(({ id, version, by, at, seenAt }) => {
      const end = ends.get(id);
      return {
        id,
        version,
        by,
        at,
        ...(seenAt !== undefined && { seenAt }),
        ...(end && { endedAt: end.at, ending: end.ending }),
      };
    });
}

export function commitsIn(events: readonly RunEvent[], key: string): Commit[] {
  return events
    .flatMap((event) => (event.event === 'commit' && event.key === key ? [event] : []))
    .map(({ version, fence, outcome, storeAt, by }) => ({
      version,
      fence,
      accepted: outcome === 'accepted',
      at: storeAt,
      by,
    }))
    .sort((a, b) => a.at - b.at);
}

export function cyclesOf(recomputes: readonly Recompute[], commits: readonly Commit[]): Cycle[] {
  const storedAt = new Map<number, number>();
  for (const { version, accepted, at } of commits) {
    if (accepted && !storedAt.has(version)) storedAt.set(version, at);
  }
  const cycles: { beganAt: number; recomputes: Recompute[]; filledAt: number }[] = [];
  const inOrder = recomputes.map((recompute) => ({ recompute, seenAt: recompute.seenAt ?? recompute.at }));
  for (const { recompute, seenAt } of inOrder.sort((a, b) => a.seenAt - b.seenAt)) {
    let cycle = cycles.at(-1);
    if (!cycle || seenAt > cycle.filledAt) {
      // Made without the store, it fills nothing and begins no version's life.
      if (recompute.seenAt === undefined) continue;
      cycle = { beganAt: seenAt, recomputes: [], filledAt: Number.POSITIVE_INFINITY };
      cycles.push(cycle);
    }
    cycle.recomputes.push(recompute);
    cycle.filledAt = Math.min(cycle.filledAt, storedAt.get(recompute.version) ?? Number.POSITIVE_INFINITY);
  }
  return cycles.map(({ filledAt, ...cycle }) => (Number.isFinite(filledAt) ? { ...cycle, filledAt } : cycle));
}

/** The cycles that count: the first fills a cold cache, and what comes after the number asked for is not waited for. */
export const judgedCycles = (cycles: readonly Cycle[], expiries: number): Required<Cycle>[] =>
  cycles.slice(1, 1 + expiries).filter((cycle): cycle is Required<Cycle> => cycle.filledAt !== undefined);
