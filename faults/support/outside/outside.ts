import type { Promises } from '../../../record/foreign/promises.ts';
import type { Settings } from '../../../record/settings.ts';
import type { FaultFinding } from '../answers/deadline.ts';
import type { Evidence, Tolerance } from '../evidence.ts';
import type { Timeline } from '../timeline.ts';
import type { Ruling } from '../witness.ts';

/** How a fault is judged if it is done to a service of the user's own: by the origin's ledger and the answers alone. */
export interface Outside {
  /** Whether the lab must have started what it breaks. */
  readonly needsProcess: boolean;
  /** What it may cost a service that promises to survive it. */
  tolerance(settings: Settings, promises: Promises): Partial<Tolerance>;
  /** Judges whether the fault hit, and whether the service survived it; unknown if it missed. */
  verify(evidence: Evidence, timeline: Timeline, own: Tolerance, promises: Promises): Ruling<FaultFinding>;
}
