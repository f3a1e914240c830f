import type { Answer, Definition, Parts, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { collapsed, flightFor } from './shared/flight.ts';
import { store, unfencedMs, unstoredEntry } from './shared/store.ts';

/**
 * Merges the concurrent recomputes of a key within one process, as golang/groupcache does. Each replica has its own
 * flight, so the fleet recomputes once per replica. The leader looks again before it calls the origin, since the previous
 * flight may have ended after its miss.
 */
export const singleFlight: Definition = {
  name: 'single-flight',
  summary: 'one recompute in flight per replica',
  claim: {
    recomputesPerExpiry: ({ replicas }) => ({ mean: [1, replicas], max: replicas }),
    recomputesAtOnce: ({ replicas }) => replicas,
    monotonic: false,
    fenced: false,
    maxStaleMs: () => 0,
    olderMs: unfencedMs,
    waits: 'everyone',
    early: false,
    oneWaiterPerReplica: false,
    woken: true,
  },
  create: createSingleFlight,
};

function createSingleFlight<V>({ cache, origin, options }: Parts<V>): Strategy<V> {
  const flight = flightFor<Answer<V>>(options);

  async function recompute(key: string): Promise<Answer<V>> {
    const { entry, atStoreMs: seenStoreMs, newestVersion: replaces } = await cache.read(key);
    if (isFresh(entry)) return { entry, served: 'waited' };
    const made = await origin.recompute(key, { seenStoreMs, replaces });
    return { entry: (await store(cache, key, made, 'always')) ?? unstoredEntry(made), served: 'recomputed' };
  }

  return {
    async get(key, signal) {
      const { entry } = await cache.read(key);
      if (isFresh(entry)) return { entry, served: 'hit' };
      return collapsed(await flight.join(key, () => recompute(key), signal));
    },
  };
}
