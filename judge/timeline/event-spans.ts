import type { RunEvent } from '../../record/facts.ts';
import { type FaultEvent, INVALIDATED_BY_LAB } from '../../record/fault-events.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Clocks } from '../clocks.ts';
import type { FaultSpan, RecomputeSpan, WaitSpan, WakeUp } from './spans.ts';

/** Lists a key's calls of the origin in the order in which they began. */
export function recomputeSpansIn(
  ledger: readonly LedgerLine[],
  key: string,
  { herdTimeOf }: Clocks,
): RecomputeSpan[] {
  const ends = new Map(ledger.flatMap((line) => (line.event === 'end' ? [[line.id, line] as const] : [])));
  return ledger.flatMap((line): RecomputeSpan[] => {
    if (line.event !== 'begin' || line.key !== key) return [];
    const { id, by, version, arrivedAt, at } = line;
    const end = ends.get(id);
    return [
      {
        ...{
          by,
          version,
          arrivedWallMs: herdTimeOf(arrivedAt, 'origin'),
          beganWallMs: herdTimeOf(at, 'origin'),
        },
        ...(end && { endedWallMs: herdTimeOf(end.at, 'origin'), ending: end.ending }),
      },
    ];
  });
}

/** Lists the waits for a key, in the order in which they ended; those that have not ended come last. */
export function waitSpansIn(events: readonly RunEvent[], key: string, { herdTimeOf }: Clocks): WaitSpan[] {
  /** When the waits began that have not ended, by the replica. */
  const open = new Map<string, WallMs[]>();
  const spans: WaitSpan[] = [];
  for (const event of events) {
    if (!('key' in event) || event.key !== key) continue;
    const { by, at } = event;
    if (event.event === 'waiting') open.set(by, [...(open.get(by) ?? []), at]);
    if (event.event !== 'waited') continue;
    const began = at - event.waitedMs;
    open.set(by, withoutNearest(open.get(by) ?? [], began));
    spans.push({
      ...{ by, fromWallMs: herdTimeOf(began, by), untilWallMs: herdTimeOf(at, by) },
      outcome: event.outcome,
    });
  }
  const waiting = [...open].flatMap(([by, began]) =>
    began.map((at): WaitSpan => ({ by, fromWallMs: herdTimeOf(at, by) })),
  );
  return [...spans, ...waiting];
}

function withoutNearest(moments: readonly WallMs[], moment: WallMs): WallMs[] {
  const distances = moments.map((other) => Math.abs(other - moment));
  return moments.toSpliced(distances.indexOf(Math.min(...distances)), 1);
}

/** Lists the fills of a key that waiting replicas heard. */
export const wakeUpsIn = (events: readonly RunEvent[], key: string, { herdTimeOf }: Clocks): WakeUp[] =>
  events.flatMap((event) =>
    event.event === 'woken' && event.key === key
      ? [{ by: event.by, fence: event.fence, atWallMs: herdTimeOf(event.at, event.by) }]
      : [],
  );

/** Gathers what the lab did to the cluster, fault by fault. The invalidations that it asked for are none. */
export function faultSpansIn(events: readonly RunEvent[]): FaultSpan[] {
  const steps = events.filter(
    (event): event is FaultEvent => event.event === 'fault' && event.what !== INVALIDATED_BY_LAB,
  );
  return [...Map.groupBy(steps, ({ fault }) => fault)].map(([fault, ofFault]) => {
    const at = (phase: FaultEvent['phase']) => ofFault.find((step) => step.phase === phase);
    const [planned, injected, healed] = [at('planned'), at('injected'), at('healed')];
    const { victim = '', near } = injected ?? planned ?? ofFault[0] ?? {};
    return {
      ...{ fault, victim },
      ...(near && { near }),
      ...(planned && { plannedWallMs: planned.at }),
      ...(injected && { injectedWallMs: injected.at }),
      ...(healed && { healedWallMs: healed.at }),
      notes: ofFault.flatMap(({ phase, what = '', at }) =>
        phase === 'noted' ? [{ what, atWallMs: at }] : [],
      ),
    };
  });
}
