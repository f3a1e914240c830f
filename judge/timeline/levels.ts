/** A time in which something counts; without an end it goes on. */
export interface Lasting {
  readonly from: number;
  readonly until?: number | undefined;
}

/** Gives, for each bin of time, how many lasted at once at the most. `fromMs`: where the first bin begins. */
export function mostAtOnce(
  lasting: readonly Lasting[],
  { fromMs, widthMs, length }: { readonly fromMs: number; readonly widthMs: number; readonly length: number },
): number[] {
  const steps = lasting
    .flatMap(({ from, until }) => [
      { at: from, step: 1 },
      ...(until === undefined ? [] : [{ at: Math.max(from, until), step: -1 }]),
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  const most: number[] = [];
  let [next, level] = [0, 0];
  for (let bin = 0; bin < length; bin++) {
    const endMs = fromMs + (bin + 1) * widthMs;
    let peak = level;
    for (let step = steps[next]; step && step.at < endMs; step = steps[next]) {
      level += step.step;
      // What ended before the first bin is no peak of it.
      peak = step.at < fromMs ? level : Math.max(peak, level);
      next += 1;
    }
    most.push(peak);
  }
  return most;
}
