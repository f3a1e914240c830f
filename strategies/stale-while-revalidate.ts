import type { Definition, Parts, Strategy } from './contract/index.ts';
import { createLock } from './lock.ts';
import { backgroundRefresh, staleUntilRefreshedMs } from './shared/background-refresh.ts';

/**
 * Past the soft TTL, serves the stale value at once while one process in the fleet refreshes it in the background. Until
 * the hard TTL is over nobody waits, even if the origin is slow or fails. A missing key is filled as under `lock`.
 *
 * Source: stale-while-revalidate and stale-if-error of HTTP (RFC 5861).
 */
export const staleWhileRevalidate: Definition = {
  name: 'stale-while-revalidate',
  summary: 'everyone gets the stale value at once, one refreshes it in the background',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: staleUntilRefreshedMs,
    waits: 'nobody',
    early: false,
    oneWaiterPerReplica: false,
    woken: true,
  },
  create: createStaleWhileRevalidate,
};

function createStaleWhileRevalidate<V>(parts: Parts<V>): Strategy<V> {
  const fill = createLock(parts);
  const refresh = backgroundRefresh(parts);
  return {
    async get(key, signal) {
      const { entry } = await parts.cache.read(key);
      if (!entry) return fill.get(key, signal);
      const due = entry.softTtlMs <= 0;
      if (due) refresh(key, entry.version);
      return { entry, served: due ? 'stale' : 'hit' };
    },
  };
}
