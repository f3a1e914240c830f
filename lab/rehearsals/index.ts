import { degradedMode } from './degraded-mode.ts';
import { dogpileUnderWay } from './dogpile-under-way.ts';
import { fencedWrites } from './fenced-writes.ts';
import { leaseHeldByNobody } from './lease-held-by-nobody.ts';
import { leaseHeldTooLong } from './lease-held-too-long.ts';
import { nobodyRefreshes } from './nobody-refreshes.ts';
import { originSaturated } from './origin-saturated.ts';
import type { Rehearsal } from './rehearsal.ts';

/** Every rehearsal, in the order of the runbook. */
export const rehearsals: readonly Rehearsal[] = [
  dogpileUnderWay,
  leaseHeldTooLong,
  leaseHeldByNobody,
  nobodyRefreshes,
  fencedWrites,
  originSaturated,
  degradedMode,
];
