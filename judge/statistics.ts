export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Gives the middle value; of an even number of values, the mean of the two in the middle. 0 if there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = 0, above = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (below + above) / 2 : above;
}

/** Gives the chance of at least so many successes in n independent trials that each succeed with this probability. */
export function chanceOfAtLeast(successes: number, trials: number, probability: number): number {
  if (successes <= 0) return 1;
  if (successes > trials || probability <= 0) return 0;
  if (probability >= 1) return 1;
  const odds = probability / (1 - probability);
  let logTerm = trials * Math.log1p(-probability);
  let sum = 0;
  for (let count = 0; count <= trials; count++) {
    if (count >= successes) sum += Math.exp(logTerm);
    logTerm += Math.log(((trials - count) / (count + 1)) * odds);
  }
  return Math.min(1, sum);
}
