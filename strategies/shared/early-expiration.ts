import type { Entry, Workload } from '../contract/index.ts';

/** Whether this reader recomputes now: δ·β·(−ln u) ≥ time left, u uniform in (0, 1]. */
export const isDueEarly = <V>(entry: Entry<V>, beta: number, random: () => number): boolean =>
  -entry.recomputeMs * beta * Math.log(1 - random()) >= entry.softTtlMs;

/** Recomputes an expiry without single-flight, fleet-wide, for λδ ≫ 1: e^(1/β), whatever the rate and the fleet. */
export const expectedRecomputes = (beta: number): number => Math.exp(1 / beta);

/** How long before its expiry a value is typically recomputed: βδ·ln(λβδ). A TTL shorter than this refreshes without pause. */
export function leadMs({
  beta,
  recomputeMs,
  ratePerSecond,
}: Pick<Workload, 'beta' | 'recomputeMs' | 'ratePerSecond'>): number {
  const spread = beta * recomputeMs;
  return spread * Math.max(0, Math.log((ratePerSecond * spread) / 1000));
}
