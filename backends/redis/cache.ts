import type { Cache, Condition, Made } from '../../strategies/contract/index.ts';
import { foundIn } from './entry.ts';
import { keysOf } from './keys.ts';
import type { RedisPort, Reply } from './port.ts';
import { storeMsFrom } from './time.ts';

/**
 * How long a key's fence and its newest version are kept after the last mint or write without a lease. They must outlive the
 * entry, so that the next ones still rise.
 */
export const FENCE_TTL_MS = 24 * 60 * 60 * 1000;

export interface RedisCacheOptions {
  readonly ttlMs: number;
  /** How much longer the store keeps the value, to serve it stale when the origin fails. */
  readonly graceMs: number;
  /** Each write draws its TTL from `ttlMs` · (1 ± `share`), so that values written together are not due together. */
  readonly jitter?: { readonly share: number; readonly random: () => number };
  /** Called for each look that finds something which is no entry. It counts as a miss. */
  readonly onUnreadable?: (key: string) => void;
}

/** Makes a cache in Redis. Each call is one script: one round trip and one atomic step. */
export function redisCache<V>(redis: RedisPort, options: RedisCacheOptions): Cache<V> {
  const { graceMs, jitter, onUnreadable = () => {} } = options;
  const drawTtlMs = () =>
    jitter ? Math.round(options.ttlMs * (1 + jitter.share * (2 * jitter.random() - 1))) : options.ttlMs;
  const fieldsOf = (made: Made<V>) => [
    JSON.stringify(made.value),
    made.version,
    made.computedWallMs,
    made.recomputeMs,
  ];

  function write(key: string, made: Made<V>, condition: Condition, ttlMs: number): Promise<Reply> {
    const { entry, lease, fence, failure, channel } = keysOf(key);
    if (typeof condition === 'object' && 'grant' in condition) {
      const { token, fence: granted } = condition.grant;
      const args = [token, granted, channel, ttlMs, graceMs, ...fieldsOf(made)];
      return redis.run('commit', [entry, lease, fence, failure], args);
    }
    const seen = condition === 'always' ? '' : condition.seenFence;
    return redis.run('put', [entry, fence], [seen, FENCE_TTL_MS, ttlMs, graceMs, ...fieldsOf(made)]);
  }

  return {
    async read(key) {
      const { entry, fence } = keysOf(key);
      const [seconds, micros, newestFence, newestVersion, ...fields] = await redis.run(
        'read',
        [entry, fence],
        [],
      );
      const found = foundIn<V>(fields);
      if (found === 'unreadable') onUnreadable(key);
      return {
        atStoreMs: storeMsFrom(seconds, micros),
        fence: Number(newestFence),
        newestVersion: Number(newestVersion),
        entry: typeof found === 'object' ? found : undefined,
      };
    },

    async commit(key, made, condition) {
      const ttlMs = drawTtlMs();
      const [accepted, seconds, micros, newest] = await write(key, made, condition, ttlMs);
      const atStoreMs = storeMsFrom(seconds, micros);
      if (accepted !== 1) return { outcome: 'fenced', atStoreMs };
      return {
        outcome: 'accepted',
        atStoreMs,
        entry: { ...made, fence: Number(newest), softTtlMs: ttlMs, hardTtlMs: ttlMs + graceMs },
      };
    },

    async invalidate(key) {
      const { entry, lease, fence, failure, channel } = keysOf(key);
      const [minted, seconds, micros] = await redis.run(
        'invalidate',
        [entry, lease, fence, failure],
        [FENCE_TTL_MS, channel],
      );
      return { atStoreMs: storeMsFrom(seconds, micros), fence: Number(minted) };
    },
  };
}
