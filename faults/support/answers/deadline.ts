// Deadlines on a busy machine: what is a little late may be the machine's doing, and then nobody knows.

import type { WallMs } from '../../../strategies/contract/index.ts';
import type { Evidence } from '../evidence.ts';
import { type Finding, passIf } from '../finding.ts';
import type { Timeline } from '../timeline.ts';

/** No stall of a machine on which a run may count explains more. */
const NEAR_MS = 250;

/** A finding of a fault. */
export interface FaultFinding extends Finding {
  /** Whether only a deadline was missed, and by little: under an uneven load the judge then does not know. */
  readonly isNearMiss?: boolean;
}

/**
 * Judges whether something came by its deadline. If it was less than 250 ms late, and a member other than the victim stalled
 * at the deadline, nobody knows.
 */
export function passIfBy(
  deadlineWallMs: WallMs,
  cameWallMs: WallMs,
  detail: string,
  { events }: Pick<Evidence, 'events'>,
  { victim }: Pick<Timeline, 'victim'>,
): FaultFinding {
  const lateMs = cameWallMs - deadlineWallMs;
  if (lateMs <= 0) return passIf(true, detail);
  if (lateMs > NEAR_MS) return passIf(false, detail);
  const hasStalled = events.some(
    (event) =>
      event.event === 'stalled' &&
      event.by !== victim &&
      event.at - event.forMs <= deadlineWallMs &&
      event.at >= deadlineWallMs,
  );
  if (hasStalled) return { verdict: 'unknown', detail: `${detail}; a stall may be why` };
  return { ...passIf(false, detail), isNearMiss: true };
}
