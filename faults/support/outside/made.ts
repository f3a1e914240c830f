// Shared by the faults that are done to a service of the user's own: what the origin made for it, by its ledger.

import type { WallMs } from '../../../strategies/contract/index.ts';
import type { Evidence, Recompute } from '../evidence.ts';
import type { Timeline } from '../timeline.ts';

/** A recompute that gave a value. */
export type Made = Required<Pick<Recompute, 'version' | 'by' | 'beganWallMs' | 'endedWallMs'>>;

/** Lists the recomputes that gave a value, in the order in which they ended. */
export const madeIn = ({ recomputes }: Pick<Evidence, 'recomputes'>): Made[] =>
  recomputes
    .flatMap(({ version, by, beganWallMs, endedWallMs, ending }) =>
      ending === 'ok' && endedWallMs !== undefined ? [{ version, by, beganWallMs, endedWallMs }] : [],
    )
    .sort((a, b) => a.endedWallMs - b.endedWallMs);

/** Lists the recomputes that were under way at a moment. One without an end counts. */
export const underWayAt = ({ recomputes }: Pick<Evidence, 'recomputes'>, wallMs: WallMs): Recompute[] =>
  recomputes.filter(
    ({ beganWallMs, endedWallMs = Number.POSITIVE_INFINITY }) =>
      beganWallMs <= wallMs && endedWallMs > wallMs,
  );

/**
 * Lists the recomputes that the victim had under way when it was hit. The blow is recorded once its effect is there; a
 * recompute that it cut short has ended a little earlier.
 */
export const victimsIn = (
  { recomputes }: Pick<Evidence, 'recomputes'>,
  { victim, plannedWallMs, injectedWallMs }: Timeline,
): Recompute[] =>
  recomputes.filter(
    ({ by, beganWallMs, endedWallMs = Number.POSITIVE_INFINITY, ending }) =>
      by === victim &&
      beganWallMs <= injectedWallMs &&
      endedWallMs > (ending === 'aborted' ? plannedWallMs : injectedWallMs),
  );

/** Gives when the newest value that the origin had made by then is due; 0 if there is none. */
export function dueWallMs(
  evidence: Pick<Evidence, 'recomputes' | 'settings'>,
  { injectedWallMs }: Timeline,
): WallMs {
  const last = madeIn(evidence).findLast(({ endedWallMs }) => endedWallMs <= injectedWallMs);
  return last ? last.endedWallMs + evidence.settings.ttlMs : 0;
}
