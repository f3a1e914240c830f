import type { Claim, Workload } from '../../../strategies/contract/index.ts';

/** How many standard deviations off the mean a single expiry may be, where chance decides. */
const DEVIATIONS = 3;

/**
 * Gives the most recomputes that the strategy's claim allows a single expiry. Infinity if the claim has no bound, or one
 * that depends on the fleet or the load, which a replica does not know.
 */
export function claimedMost(
  claim: Claim,
  own: Pick<Workload, 'ttlMs' | 'graceMs' | 'leaseMs' | 'beta' | 'singleFlight' | 'refreshIntervalMs'>,
): number {
  const unknown = Number.POSITIVE_INFINITY;
  const { mean, max, deviation } = claim.recomputesPerExpiry({
    ...own,
    replicas: unknown,
    ratePerSecond: unknown,
    recomputeMs: unknown,
    originCapacity: unknown,
  });
  const most = max ?? (deviation === undefined ? unknown : mean[1] + DEVIATIONS * deviation);
  return Number.isNaN(most) ? unknown : most;
}
