import type { Definition, Parts, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { createLock } from './lock.ts';
import { backgroundRefresh } from './shared/background-refresh.ts';
import { isDueEarly, leadMs, medianLeadMs } from './shared/early-expiration.ts';

/**
 * Refreshes early in the background: XFetch decides when, a lease taken without waiting decides who. One recompute per
 * expiry, and nobody waits. A key that expires or is missing all the same is filled as under `lock`.
 *
 * Source: the Internet Archive runs this combination ("xlocked", RedisConf 2017).
 */
export const xfetchLock: Definition = {
  name: 'xfetch-lock',
  summary: 'XFetch in the background under a lease taken without waiting',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: () => 0,
    waits: 'nobody',
    early: true,
    leadMs,
    medianLeadMs,
    oneWaiterPerReplica: false,
    woken: true,
  },
  create: createXFetchLock,
};

function createXFetchLock<V>(parts: Parts<V>): Strategy<V> {
  const { cache, random, options } = parts;
  const fill = createLock(parts);
  const refresh = backgroundRefresh(parts);
  return {
    async get(key, signal) {
      const { entry } = await cache.read(key);
      if (!isFresh(entry)) return fill.get(key, signal);
      if (isDueEarly(entry, options.beta, random)) refresh(key, entry.version);
      return { entry, served: 'hit' };
    },
  };
}
