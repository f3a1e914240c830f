import type { Scene } from '../../scene/scene.ts';

/** A strip of the whole scene: how many recomputes were at the origin, column by column. */
export interface Strip {
  readonly levels: readonly number[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Counts the most recomputes at once in each of so many columns. */
export function stripLevels({ calls }: Scene, fromMs: number, untilMs: number, columns: number): Strip {
  const levels = new Array<number>(columns).fill(0);
  const steps = calls
    .flatMap(({ arrivedMs, endedMs = Number.POSITIVE_INFINITY }) => [
      { at: arrivedMs, step: 1 },
      { at: endedMs, step: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  let [next, level] = [0, 0];
  for (let column = 0; column < columns; column++) {
    const until = fromMs + ((column + 1) / columns) * (untilMs - fromMs);
    let most = level;
    for (let step = steps[next]; step && step.at < until; step = steps[next]) {
      level += step.step;
      most = Math.max(most, level);
      next += 1;
    }
    levels[column] = most;
  }
  return { levels, fromMs, untilMs };
}
