import type { Recompute } from '../evidence.ts';

/** Gives how many of some recomputes were under way at the same moment, at the most. One without an end does not count. */
export function mostAtOnce(recomputes: readonly Pick<Recompute, 'beganWallMs' | 'endedWallMs'>[]): number {
  const steps = recomputes.flatMap(({ beganWallMs, endedWallMs = beganWallMs }) =>
    endedWallMs > beganWallMs
      ? [
          { at: beganWallMs, by: 1 },
          { at: endedWallMs, by: -1 },
        ]
      : [],
  );
  // One that ends as another begins is over by then.
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
