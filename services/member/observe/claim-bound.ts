import type { Claim, Workload } from '../../../strategies/contract/index.ts';

/** Where chance decides, a single expiry is far off beyond so many standard deviations. */
const DEVIATIONS = 3;

/**
 * The most recomputes that one expiry may see by the strategy's claim, as far as a replica can tell: infinity where the
 * claim bounds nothing, or by the size of the fleet or the load, which a replica does not know.
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
  });
  const most = max ?? (deviation === undefined ? unknown : mean[1] + DEVIATIONS * deviation);
  return Number.isNaN(most) ? unknown : most;
}
