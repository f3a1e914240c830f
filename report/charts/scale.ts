import type { Window } from '../../judge/timeline/requests.ts';

/** Where the moments of a view are on its axis, in ms from the view's zero. */
export interface Scale {
  readonly window: Window;
  /** Whether there is little room for words. */
  readonly isNarrow: boolean;
  /** Gives the place of a moment; one outside of the view is at its edge. */
  at(wallMs: number): number;
  /** Places words beside a moment: to its right, or to its left where they would leave the picture. */
  beside(wallMs: number, distance?: number): { x: number; dx: number; align: 'left' | 'right' };
}

/** From this share of the width on, words stand to the left. */
const LATE = 0.68;

export function scaleOf(window: Window, zeroWallMs: number, isNarrow: boolean): Scale {
  const { fromWallMs, untilWallMs } = window;
  const at = (wallMs: number) => Math.min(untilWallMs, Math.max(fromWallMs, wallMs)) - zeroWallMs;
  return {
    window,
    isNarrow,
    at,
    beside(wallMs, distance = 5) {
      const isLate = wallMs - fromWallMs > LATE * (untilWallMs - fromWallMs);
      return { x: at(wallMs), dx: isLate ? -distance : distance, align: isLate ? 'right' : 'left' };
    },
  };
}
