import { z } from 'zod';

/** How slow the origin is, and how often it fails. You can change it while the origin runs. */
export const behaviourSchema = z.strictObject({
  /** How long a recompute takes. */
  recomputeMs: z.number().min(0).max(600_000),
  /** The spread of `recomputeMs`: ± this share of it, uniform. */
  jitter: z.number().min(0).max(1),
  /** The share of recomputes that take `slowMs` instead. */
  slowShare: z.number().min(0).max(1),
  slowMs: z.number().min(0).max(600_000),
  /** The share of recomputes that fail, after their full time. */
  errorRate: z.number().min(0).max(1),
  /** How many recomputes run at once; the others queue. 0: no limit. */
  capacity: z.number().int().min(0).max(100_000),
});

export type Behaviour = z.infer<typeof behaviourSchema>;

/** Draws how long a recompute takes, and whether it fails. */
export function drawRecompute(
  behaviour: Behaviour,
  random: () => number,
): { costMs: number; fails: boolean } {
  const slow = random() < behaviour.slowShare;
  const spread = 1 + behaviour.jitter * (2 * random() - 1);
  return {
    costMs: (slow ? behaviour.slowMs : behaviour.recomputeMs) * spread,
    fails: random() < behaviour.errorRate,
  };
}
