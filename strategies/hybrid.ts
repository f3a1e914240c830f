import type { Definition, Parts, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { createLock } from './lock.ts';
import { backgroundRefresh, staleUntilRefreshedMs } from './shared/background-refresh.ts';
import { isDueEarly, leadMs, medianLeadMs } from './shared/early-expiration.ts';

/**
 * Refreshes early in the background: XFetch decides when, the lease decides who. If the refresh comes too late or the
 * origin fails, everyone gets the stale value at once while the grace lasts. A missing key is filled as under `lock`.
 */
export const hybrid: Definition = {
  name: 'hybrid',
  summary: 'lock, xfetch and stale-while-revalidate together',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: staleUntilRefreshedMs,
    waits: 'nobody',
    early: true,
    leadMs,
    medianLeadMs,
    oneWaiterPerReplica: false,
    woken: true,
  },
  create: createHybrid,
};

function createHybrid<V>(parts: Parts<V>): Strategy<V> {
  const { cache, random, options } = parts;
  const fill = createLock(parts);
  const refresh = backgroundRefresh(parts);
  return {
    async get(key, signal) {
      const { entry } = await cache.read(key);
      if (!entry) return fill.get(key, signal);
      // Past its TTL a value is due, whatever the draw.
      if (isDueEarly(entry, options.beta, random)) refresh(key, entry.version);
      return { entry, served: isFresh(entry) ? 'hit' : 'stale' };
    },
  };
}
