import type { Parts, Workload } from '../contract/index.ts';
import { Flight } from './flight.ts';
import { recomputeUnderLease } from './leased-recompute.ts';

/**
 * Gives a function that begins to recompute a key in the background, unless a value newer than the one seen is stored by
 * now. It takes the lease without waiting, so one in the fleet recomputes; a process tries once at a time, and when it is
 * not granted the lease it leaves the key alone until it hears of a fill, or may be granted it. Nobody waits for it, and
 * nobody hears of its failure: whoever finds the value still due begins the next.
 */
export function backgroundRefresh<V>(parts: Parts<V>): (key: string, seenVersion: number) => void {
  const { lease } = parts;
  const refreshes = new Flight<void>();

  async function refresh(key: string, seenVersion: number): Promise<void> {
    // Listening before the acquire that it guards: a fill between the two cannot be missed.
    const watch = await lease.watch(key);
    try {
      const acquired = await lease.acquire(key, seenVersion);
      if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
      else if (acquired.kind !== 'fresh') await watch.filled(0, acquired.retryAfterMs);
    } finally {
      watch.close();
    }
  }

  return (key, seenVersion) => {
    if (!refreshes.has(key)) refreshes.join(key, () => refresh(key, seenVersion)).catch(() => {});
  };
}

/**
 * How long past its TTL a value is served, in ms, where one recompute replaces it while everyone else gets the stale one:
 * until the next request, for a recompute, and for a lease more should whoever recomputes go silent. Without requests
 * nothing is recomputed: then the first one may get a value as stale as the grace allows.
 */
export const staleUntilRefreshedMs = ({ ratePerSecond, recomputeMs, leaseMs }: Workload): number =>
  1000 / ratePerSecond + recomputeMs + leaseMs;
