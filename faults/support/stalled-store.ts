// Shared by the fault that freezes Redis and the judge: when the store could decide nothing.

import type { WallMs } from '../../strategies/contract/index.ts';
import type { Timeline } from './timeline.ts';

/** What the lab notes right after it has frozen Redis, and right before it lets Redis go on. */
export const STORE_FROZEN = 'store frozen';
export const STORE_THAWS = 'store thaws';

/** Tells from when to when the store decided nothing, for certain; undefined: nobody froze it. */
export function stallIn(
  timeline: Timeline | undefined,
): { fromWallMs: WallMs; untilWallMs: WallMs } | undefined {
  const [frozen, thaws] = [timeline?.noteOf(STORE_FROZEN), timeline?.noteOf(STORE_THAWS)];
  return frozen && thaws && { fromWallMs: frozen.atWallMs, untilWallMs: thaws.atWallMs };
}
