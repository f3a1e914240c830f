import { isFresh } from '../strategies/contract/index.ts';
import type { Ablation } from './mutant.ts';

/**
 * Each tick of a refresher starts what is due, even if an earlier tick or another refresher is still recomputing it: there
 * is no lease and no single-flight. So behaves a cron job that warms a cache and overlaps with its last run.
 */
export const noOverlapGuard: Ablation = {
  name: 'no-overlap-guard',
  difference: 'without its guard against overlap',
  guard: 'one refresher at a time, one refresh of a key at a time',
  defendsAgainst: 'a recompute longer than the interval is begun again by each tick of each refresher',
  presets: {
    REFRESH_INTERVAL: '250ms',
    TTL: '4s',
    RECOMPUTE: '1500ms',
    RATE: '200',
    EXPIRIES: '4',
  },
  mustFail: ['recomputes per expiry'],

  strategy: 'refresh-ahead',
  part: 'refresher',
  takeOut: ({ cache, lease, options, ...rest }, { random }) => ({
    ...rest,
    options: { ...options, singleFlight: false },
    cache: {
      ...cache,
      async commit(key, made) {
        const { fence } = await cache.read(key);
        return cache.commit(key, made, { seenFence: fence });
      },
    },
    lease: {
      ...lease,
      async acquire(key, seenVersion = 0) {
        const { entry, fence, atStoreMs, newestVersion: replaces } = await cache.read(key);
        if (isFresh(entry) && entry.version > seenVersion) return { kind: 'fresh', entry };
        return { kind: 'granted', grant: { token: `nobody's ${random()}`, fence, atStoreMs, replaces } };
      },
      renew: async () => true,
      release: async () => {},
    },
  }),
};
