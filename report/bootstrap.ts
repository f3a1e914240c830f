/** From the lowest to the highest value that is credible. */
export type Interval = readonly [low: number, high: number];

const RESAMPLES = 400;

/**
 * The percentile bootstrap (Efron, 1979): how far a statistic would move had we drawn other samples of the same kind.
 * `samples` are what was drawn independently; an expiry, say, with all its requests.
 */
export function bootstrap<T>(
  samples: readonly T[],
  statistic: (drawn: readonly T[]) => number,
  random: () => number,
): Interval | null {
  if (samples.length === 0) return null;
  const draw = () => samples.map(() => samples[Math.floor(random() * samples.length)] as T);
  const statistics = Array.from({ length: RESAMPLES }, () => statistic(draw())).sort((a, b) => a - b);
  const at = (share: number) => statistics[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))] as number;
  return [at(0.025), at(0.975)];
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
