import type { WallMs } from '../strategies/contract/index.ts';

/** How far a clock is ahead of the lab's at this moment, in ms, with the largest error that the reading can have. */
export interface ClockSample {
  readonly at: WallMs;
  readonly by: 'lab';
  readonly event: 'clock';
  /** `store`, `herd`, or the name of a member. */
  readonly of: string;
  readonly aheadMs: number;
  /** Half of the round trip. */
  readonly errorMs: number;
}
