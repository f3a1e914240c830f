import type { Definition, Workload } from '../../strategies/contract/index.ts';
import { strategies } from '../../strategies/index.ts';

/** Any cluster: what a claim promises at all does not depend on it. */
export const WORKLOAD: Workload = {
  replicas: 4,
  ratePerSecond: 1000,
  ttlMs: 3000,
  graceMs: 30_000,
  recomputeMs: 200,
  originCapacity: 20,
  leaseMs: 1000,
  beta: 1,
  singleFlight: true,
  refreshIntervalMs: 500,
};

/** Whether the strategy may serve a value past its TTL while the origin answers. */
export const servesStale = ({ claim }: Definition): boolean => claim.maxStaleMs(WORKLOAD) > 0;

/** The strategies whose claim is so. Throws where there is none, since a suite without any would promise nothing. */
export function strategiesThat(claim: (definition: Definition) => boolean): readonly Definition[] {
  const found = strategies.filter(claim);
  if (found.length === 0) throw new Error('no strategy claims this');
  return found;
}
