import type { Evidence, Recompute } from '../../faults/support/evidence.ts';
import { mayBeDelayed } from '../../faults/support/lookups.ts';

/** Lists the recomputes whose callers no fault may have delayed. */
export function undelayedRecomputes(
  evidence: Pick<Evidence, 'recomputes' | 'struck' | 'cycles'>,
): Recompute[] {
  const isDelayed = mayBeDelayed(evidence);
  return evidence.recomputes.filter(
    ({ beganWallMs, endedWallMs = beganWallMs }) => !isDelayed(beganWallMs, endedWallMs),
  );
}
