import type { Percentiles } from '../record/result.ts';

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/**
 * Gives the percentiles of durations in ms by nearest rank: the smallest duration that a share of them does not exceed.
 * Null if there are none. A weight says how often a duration counts.
 */
export function percentiles(durationsMs: readonly number[], weights?: readonly number[]): Percentiles | null {
  const sorted = durationsMs
    .map((ms, index) => ({ ms: Math.max(0, ms), weight: weights?.[index] ?? 1 }))
    .sort((a, b) => a.ms - b.ms);
  const longest = sorted.at(-1);
  if (!longest) return null;
  let total = 0;
  const upTo = sorted.map(({ ms, weight }) => {
    total += weight;
    return { ms, count: total };
  });
  const at = (share: number) => upTo.find(({ count }) => count >= share * total)?.ms ?? longest.ms;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: longest.ms };
}
