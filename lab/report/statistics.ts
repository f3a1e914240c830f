import { build } from 'hdr-histogram-js';

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/**
 * Percentiles of durations in ms, from one HDR histogram in microseconds; null where there is nothing to tell.
 * A weight says how often a duration counts.
 */
export function percentiles(durationsMs: readonly number[], weights?: readonly number[]): Percentiles | null {
  const histogram = build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
  durationsMs.forEach((ms, index) => {
    histogram.recordValueWithCount(Math.max(0, Math.round(ms * 1000)), weights?.[index] ?? 1);
  });
  if (histogram.totalCount === 0) return null;
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: histogram.maxValue / 1000 };
}
