import { chanceOfAtLeast } from './statistics.ts';

/** Halvings of the interval from 0 to 1: more digits than a double has. */
const HALVINGS = 60;

/**
 * Gives the largest share that so many successes in n independent trials leave possible, with this confidence: at any
 * larger one, so few would be seen less often than in 1 − confidence of all cases (one-sided Clopper–Pearson).
 */
export function upperBound(successes: number, trials: number, confidence = 0.95): number {
  if (successes >= trials) return 1;
  return crossing((share) => chanceOfAtLeast(successes + 1, trials, share) < confidence);
}

/** Gives the smallest share that they leave possible: at any smaller one, so many would be seen less often than that. */
export function lowerBound(successes: number, trials: number, confidence = 0.95): number {
  if (successes <= 0) return 0;
  return crossing((share) => chanceOfAtLeast(successes, trials, share) < 1 - confidence);
}

/** Gives both bounds, each with half of the doubt (two-sided Clopper–Pearson). */
export function exactInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): readonly [low: number, high: number] {
  const each = (1 + confidence) / 2;
  return [lowerBound(successes, trials, each), upperBound(successes, trials, each)];
}

/** Gives the share where a condition that holds for small ones stops to hold. */
function crossing(holds: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
