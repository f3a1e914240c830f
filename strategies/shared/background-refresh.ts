import { LeaseUnavailable } from '../contract/errors.ts';
import type { Parts, Workload } from '../contract/index.ts';
import { Flight } from './flight.ts';
import { recomputeUnderLease } from './leased-recompute.ts';
import { LeaselessRefill } from './without-lease.ts';

/**
 * Gives a function that starts a recompute of a key in the background, unless a newer value than the seen one is
 * stored. It takes the lease without waiting, so only one process in the fleet recomputes. A process that does not
 * get the lease tries again after one of these: it hears of a fill, a failure or a release; the time has passed after which
 * the store may grant the lease; its own patience is over, since a store whose clock was set back may say anything. Nobody
 * waits for the recompute or hears of its failure: the next caller who finds the value due starts another. If no lease can
 * be had at all, each process recomputes for itself: see {@link LeaselessRefill}.
 */
export function backgroundRefresh<V>(parts: Parts<V>): (key: string, seenVersion: number) => void {
  const { lease, options } = parts;
  const refreshes = new Flight<void>();
  const leaseless = new LeaselessRefill(parts);

  async function refresh(key: string, seenVersion: number): Promise<void> {
    // Watch before the acquire: a fill between the two cannot be missed.
    const watch = await lease.watch(key);
    try {
      const acquired = await lease.acquire(key, seenVersion);
      if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
      else if (acquired.kind !== 'fresh')
        await watch.filled(0, Math.min(acquired.retryAfterMs, options.patienceMs));
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error;
      if (!leaseless.isPausing(key)) await leaseless.run(key);
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
