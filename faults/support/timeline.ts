import type { FaultDetails, FaultEvent } from '../../record/fault-events.ts';
import type { WallMs } from '../../strategies/contract/index.ts';

export interface Note {
  readonly atWallMs: WallMs;
  readonly details: FaultDetails;
}

/** What the lab notes right after it has killed the primary. */
export const STORE_KILLED = 'killed';

/** When a fault came and went. Wall time in ms. */
export interface Timeline {
  /** The fault's name. */
  readonly fault: string;
  readonly victim: string;
  readonly fence: number | undefined;
  /** The process that held the lease; the victim, if it is not said. */
  readonly holder: string;
  /** Before the blow: from here on the fault may have touched something. */
  readonly plannedWallMs: WallMs;
  /** When the damage was done: deadlines count from here. */
  readonly injectedWallMs: WallMs;
  readonly healedWallMs: WallMs;
  readonly near: readonly string[];
  /** Gives the last note of that name in the lab's record. */
  noteOf(what: string): Note | undefined;
}

/** Finds when the fault of that name came and went; undefined if it was never injected. */
export function timelineFrom(
  events: readonly { readonly event: string }[],
  fault: string,
): Timeline | undefined {
  const faults = events
    .filter((event): event is FaultEvent => event.event === 'fault')
    .filter((event) => event.fault === fault);
  const planned = faults.find(({ phase }) => phase === 'planned');
  const injected = faults.find(({ phase }) => phase === 'injected');
  const healed = faults.find(({ phase }) => phase === 'healed');
  if (!injected || !healed) return undefined;
  return {
    fault,
    victim: injected.victim,
    fence: injected.fence,
    holder: injected.holder ?? injected.victim,
    plannedWallMs: planned?.at ?? injected.at,
    injectedWallMs: injected.at,
    healedWallMs: healed.at,
    near: injected.near ?? [],
    noteOf(what) {
      const note = faults.findLast((event) => event.phase === 'noted' && event.what === what);
      return note && { atWallMs: note.at, details: note.details ?? {} };
    },
  };
}
