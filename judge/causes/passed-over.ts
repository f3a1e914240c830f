import type { Cycle } from '../../faults/support/evidence.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { type Case, orderIn } from '../evidence.ts';

/**
 * Tells whether a user's own service may replace an older version than the newest one that was made. It may under a fault that leaves
 * versions without an order, and under one that it does not promise to survive: there a late write may overwrite a newer
 * value. Afterwards it may for as long as what it passes over was made meanwhile.
 */
export function mayPassOver(
  { struck, foreign, commits }: Pick<Case, 'struck' | 'foreign' | 'commits'>,
  { replaces, beganWallMs, beganStoreMs, recomputes }: Cycle,
): boolean {
  if (!foreign) return false;
  const { survives } = foreign.promises;
  const isDisordered = (by: string, atWallMs: WallMs) =>
    orderIn({ struck }, by, atWallMs, atWallMs) === undefined ||
    struck.some(
      ({ timeline: { fault, plannedWallMs, healedWallMs }, tolerance: { aftermathMs } }) =>
        !survives.includes(fault) && atWallMs >= plannedWallMs && atWallMs < healedWallMs + aftermathMs,
    );
  const passedOver = commits.filter(
    ({ accepted, version, atStoreMs }) => accepted && version > replaces && atStoreMs < beganStoreMs,
  );
  return (
    recomputes.some(({ by }) => isDisordered(by, beganWallMs)) ||
    passedOver.every(({ by, atWallMs }) => isDisordered(by, atWallMs))
  );
}
