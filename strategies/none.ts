import type { Definition } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { herdOf } from './shared/herd.ts';
import { store, unfencedMs, unstoredEntry } from './shared/store.ts';

/**
 * Protects nothing: plain cache-aside. It reads; on a miss it recomputes and writes. It is the control of every
 * experiment: the λδ requests that arrive during the first recompute miss and recompute too.
 */
export const none: Definition = {
  name: 'none',
  summary: 'plain cache-aside: every miss recomputes',
  claim: {
    // A queue at the origin adds none: whoever comes after the first commit finds a value, though others still queue.
    recomputesPerExpiry: (workload) => {
      const herd = herdOf(workload);
      return { mean: [herd * 0.7, herd * 1.3], max: undefined };
    },
    recomputesAtOnce: (workload) => herdOf(workload) * 1.3,
    monotonic: false,
    fenced: false,
    maxStaleMs: () => 0,
    olderMs: unfencedMs,
    waits: 'everyone',
    early: false,
    oneWaiterPerReplica: false,
    woken: false,
  },
  create: ({ cache, origin }) => ({
    async get(key, signal) {
      const { entry, atStoreMs: seenStoreMs, newestVersion: replaces } = await cache.read(key);
      if (isFresh(entry)) return { entry, served: 'hit' };
      const made = await origin.recompute(key, { seenStoreMs, replaces, ...(signal && { signal }) });
      return {
        entry: (await store(cache, key, made, 'always')) ?? unstoredEntry(made),
        served: 'recomputed',
      };
    },
  }),
};
