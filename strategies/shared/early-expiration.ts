import type { Entry, Workload } from '../contract/index.ts';

/** Draws whether this reader recomputes now: δ·β·(−ln u) ≥ time left, u uniform in (0, 1]. */
export const isDueEarly = <V>(entry: Entry<V>, beta: number, random: () => number): boolean =>
  -entry.recomputeMs * beta * Math.log(1 - random()) >= entry.softTtlMs;

/** Gives the fleet's recomputes per expiry without single-flight, for λδ ≫ 1: e^(1/β), whatever the rate and the fleet. */
export const expectedRecomputes = (beta: number): number => Math.exp(1 / beta);

/**
 * Gives how long before its expiry a value is typically recomputed: βδ·ln(λβδ). With a shorter TTL, recomputes never
 * pause.
 */
export function leadMs({
  beta,
  recomputeMs,
  ratePerSecond,
}: Pick<Workload, 'beta' | 'recomputeMs' | 'ratePerSecond'>): number {
  const spread = beta * recomputeMs;
  return spread * Math.max(0, Math.log((ratePerSecond * spread) / 1000));
}
