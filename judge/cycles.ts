import type { Commit, Cycle, Recompute } from '../faults/support/evidence.ts';
import type { RunEvent } from '../record/facts.ts';
import type { Begun, LedgerLine } from '../record/ledger.ts';

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
