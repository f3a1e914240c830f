import type { Parts, Workload } from '../contract/index.ts';
import { Flight } from './flight.ts';
import { recomputeUnderLease } from './leased-recompute.ts';

/**
 * Gives a function that starts a recompute of a key in the background, unless a newer value than the seen one is
 * stored. It takes the lease without waiting, so only one process in the fleet recomputes. A process that does not
 * get the lease tries again only after it hears of a fill, of a failure or a release, or when the store says that it
 * may be granted, or after its patience: a store whose clock was set back may say anything. Nobody waits for the recompute or hears of its failure: the next caller who finds the value due
 * starts another.
 */
export function backgroundRefresh<V>(parts: Parts<V>): (key: string, seenVersion: number) => void {
  const { lease, options } = parts;
  const refreshes = new Flight<void>();

  async function refresh(key: string, seenVersion: number): Promise<void> {
    // Watch before the acquire: a fill between the two cannot be missed.
    const watch = await lease.watch(key);
    try {
      const acquired = await lease.acquire(key, seenVersion);
      if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
      else if (acquired.kind !== 'fresh')
        await watch.filled(0, Math.min(acquired.retryAfterMs, options.patienceMs));
    } finally {
      watch.close();
    }
  }

  return (key, seenVersion) => {
    if (!refreshes.has(key)) refreshes.join(key, () => refresh(key, seenVersion)).catch(() => {});
  };
}

/**
 * Gives how long past its TTL a value is served if one caller recomputes it and everyone else gets the stale one: the time
 * to the next request, a recompute, and one lease more in case the holder goes silent. Without requests nothing is
 * recomputed. Then the first request may get a value as stale as the grace allows.
 */
export const staleUntilRefreshedMs = ({ ratePerSecond, recomputeMs, leaseMs }: Workload): number =>
  1000 / ratePerSecond + recomputeMs + leaseMs;
