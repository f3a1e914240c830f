import type { Commit, Cycle, Granted, Recompute } from '../faults/support/evidence.ts';
import { isDecidedCommit } from '../record/events.ts';
import type { RunEvent } from '../record/facts.ts';
import type { Begun, LedgerLine } from '../record/ledger.ts';
import type { StoreMs } from '../strategies/contract/index.ts';
import { type Clocks, SAME_CLOCK } from './clocks.ts';

/** Pairs the beginnings and ends of a key's recomputes in the origin's ledger. */
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
        beganWallMs: at,
        ...(seenAt !== undefined && { seenStoreMs: seenAt }),
        ...(end && { endedWallMs: end.at, ending: end.ending }),
      };
    });
}

/** Gives a key's writes that the store decided on, in that order. */
export function commitsIn(
  events: readonly RunEvent[],
  key: string,
  { wallOf }: Clocks = SAME_CLOCK,
): Commit[] {
  return events
    .flatMap((event) => (isDecidedCommit(event) && event.key === key ? [event] : []))
    .map(({ version, fence, outcome, storeAt, by }) => ({
      version,
      fence,
      accepted: outcome === 'accepted',
      atStoreMs: storeAt,
      atWallMs: wallOf(storeAt),
      by,
    }))
    .sort((a, b) => a.atStoreMs - b.atStoreMs);
}

/** Gives the grants of a key's lease, in the order in which they were recorded. */
export const grantsIn = (events: readonly RunEvent[], key: string, { wallOf }: Clocks): Granted[] =>
  events.flatMap((event) =>
    event.event === 'granted' && event.key === key
      ? [{ by: event.by, fence: event.fence, atStoreMs: event.storeAt, atWallMs: wallOf(event.storeAt) }]
      : [],
  );

const NEVER = Number.POSITIVE_INFINITY;

/** Groups recomputes into cycles: see {@link Cycle}. */
export function cyclesOf(
  recomputes: readonly Recompute[],
  commits: readonly Commit[],
  { wallOf, storeOf }: Clocks = SAME_CLOCK,
): Cycle[] {
  const storedStoreMs = new Map<number, StoreMs>();
  for (const { version, accepted, atStoreMs } of commits) {
    if (accepted && !storedStoreMs.has(version)) storedStoreMs.set(version, atStoreMs);
  }
  const cycles: { beganStoreMs: StoreMs; recomputes: Recompute[]; filledStoreMs: StoreMs }[] = [];
  const inOrder = recomputes.map((recompute) => ({
    recompute,
    neededStoreMs: recompute.seenStoreMs ?? storeOf(recompute.beganWallMs),
  }));
  for (const { recompute, neededStoreMs } of inOrder.sort((a, b) => a.neededStoreMs - b.neededStoreMs)) {
    let cycle = cycles.at(-1);
    if (!cycle || neededStoreMs > cycle.filledStoreMs) {
      // A recompute without the store fills nothing, so it begins no cycle.
      if (recompute.seenStoreMs === undefined) continue;
      cycle = { beganStoreMs: neededStoreMs, recomputes: [], filledStoreMs: NEVER };
      cycles.push(cycle);
    }
    cycle.recomputes.push(recompute);
    const stored = storedStoreMs.get(recompute.version) ?? NEVER;
    if (stored < cycle.filledStoreMs) cycle.filledStoreMs = stored;
  }
  return cycles.map(({ beganStoreMs, recomputes, filledStoreMs }) => ({
    beganStoreMs,
    beganWallMs: wallOf(beganStoreMs),
    recomputes,
    ...(filledStoreMs !== NEVER && { filledStoreMs, filledWallMs: wallOf(filledStoreMs) }),
  }));
}

/** Picks the cycles that count: without the first, which fills a cold cache, and without those after the number wanted. */
export const judgedCycles = (cycles: readonly Cycle[], expiries: number): Required<Cycle>[] =>
  cycles
    .slice(1, 1 + expiries)
    .filter((cycle): cycle is Required<Cycle> => cycle.filledStoreMs !== undefined);
