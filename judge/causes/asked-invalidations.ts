import type { RunEvent } from '../../record/facts.ts';
import { INVALIDATED_BY_LAB } from '../../record/fault-events.ts';
import type { WallMs } from '../../strategies/contract/index.ts';

/** An invalidation that the lab asked a replica for. */
export interface AskedInvalidation {
  readonly replica: string;
  readonly askedWallMs: WallMs;
  /** When the call ended. */
  readonly endedWallMs: WallMs;
  /** False: nobody knows whether it happened. */
  readonly isAcknowledged: boolean;
}

/** Lists the invalidations that the lab asked for, in their order. */
export const askedInvalidations = (events: readonly RunEvent[]): AskedInvalidation[] =>
  events.flatMap((event) => {
    if (event.event !== 'fault' || event.phase !== 'noted' || event.what !== INVALIDATED_BY_LAB) return [];
    const { victim: replica, at: endedWallMs, details = {} } = event;
    const askedWallMs = Number(details.askedAt ?? endedWallMs);
    return [{ replica, askedWallMs, endedWallMs, isAcknowledged: details.outcome === 'ok' }];
  });
