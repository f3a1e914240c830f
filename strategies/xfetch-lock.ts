import type { Definition, Parts, Strategy } from './contract.ts';
import { isFresh } from './contract.ts';
import { Flight } from './flight.ts';
import { recomputeUnderLease } from './leased-recompute.ts';
import { createLock } from './lock.ts';
import { isDueEarly } from './xfetch.ts';

/**
 * XFetch decides when, a lease taken without waiting decides who, and the recompute runs in the background: one an
 * expiry, and nobody waits. A key that is missing all the same is filled as `lock` does. The Internet Archive runs
 * this combination ("xlocked", RedisConf 2017).
 */
export const xfetchLock: Definition = {
  name: 'xfetch-lock',
  summary: 'XFetch in the background under a lease taken without waiting',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1.05], max: 2 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: () => 0,
    waits: 'nobody',
    early: true,
    oneWaiterAReplica: true,
    woken: true,
  },
  create: createXFetchLock,
};

function createXFetchLock<V>(parts: Parts<V>): Strategy<V> {
  const { cache, lease, random, options } = parts;
  const fill = createLock(parts);
  const refreshes = new Flight<void>();

  async function refresh(key: string, seenVersion: number): Promise<void> {
    const acquired = await lease.acquire(key, seenVersion);
    if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
  }

  return {
    async get(key, signal) {
      const { entry } = await cache.read(key);
      if (!isFresh(entry)) return fill.get(key, signal);
      if (!refreshes.has(key) && isDueEarly(entry, options.beta, random)) {
        // The value is still good, so nobody is told when this fails; a later reader tries again.
        refreshes.join(key, () => refresh(key, entry.version)).catch(() => {});
      }
      return { entry, served: 'hit' };
    },
  };
}
