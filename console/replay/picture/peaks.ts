import { hasQueued } from '../../scene/queues.ts';
import type { Scene } from '../../scene/scene.ts';

/** How many dots a stage must have room for. */
export interface Peaks {
  /** At one replica. */
  readonly pile: number;
  readonly running: number;
  readonly queued: number;
  /** At the origin, running or queued. */
  readonly calls: number;
}

/** Finds the most that is ever in each place of these scenes, so that their dots have one size. */
export function peaksOf(scenes: readonly Scene[]): Peaks {
  const over = (count: (scene: Scene) => number) => Math.max(1, ...scenes.map(count));
  return {
    pile: over(({ members, requests }) =>
      Math.max(
        0,
        ...members.map((_, member) =>
          mostAtOnce(
            requests.filter((one) => one.member === member).map(({ dueMs, endedMs }) => [dueMs, endedMs]),
          ),
        ),
      ),
    ),
    running: over(({ calls }) => mostAtOnce(calls.map(({ beganMs, endedMs }) => [beganMs, endedMs]))),
    calls: over(({ calls }) => mostAtOnce(calls.map(({ arrivedMs, endedMs }) => [arrivedMs, endedMs]))),
    queued: Math.max(
      0,
      ...scenes.map(({ calls }) =>
        mostAtOnce(calls.filter(hasQueued).map(({ arrivedMs, beganMs }) => [arrivedMs, beganMs])),
      ),
    ),
  };
}

/** Counts how many of these spans last at once at the most. */
export function mostAtOnce(spans: readonly (readonly (number | undefined)[])[]): number {
  const steps = spans
    .flatMap(([from = 0, until = Number.POSITIVE_INFINITY]) => [
      { at: from, step: 1 },
      { at: until, step: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  let [level, most] = [0, 0];
  for (const { step } of steps) {
    level += step;
    most = Math.max(most, level);
  }
  return most;
}
