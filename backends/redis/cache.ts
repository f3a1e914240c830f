import type { Cache, Condition, Made } from '../../strategies/contract/index.ts';
import { foundIn } from './entry.ts';
import { keysOf } from './keys.ts';
import type { RedisPort, Reply } from './port.ts';
import { plainWrites, type Writes } from './replicated-writes.ts';
import type { StoreClock } from './store-clock.ts';
import { storeMsFrom } from './time.ts';

/**
 * How long a key's fence and its newest version are kept after the last mint, and how much longer than the entry. So the next
 * ones still rise, and keys that nobody asks for any more are forgotten. A recompute that takes longer is refused.
 */
export const FENCE_MARGIN_MS = 15 * 60 * 1000;

export interface RedisCacheOptions {
  readonly ttlMs: number;
  /** How much longer the store keeps the value, to serve it stale when the origin fails. */
  readonly graceMs: number;
  /** Each write draws its TTL from `ttlMs` · (1 ± `share`), so that values written together are not due together. */
  readonly jitter?: { readonly share: number; readonly random: () => number };
  /** Where values and invalidations are written, and when one counts. Default: on the port, as soon as the primary has it. */
  readonly writes?: Writes;
  /** Gets a sample of the store's clock with each look. */
  readonly storeClock?: StoreClock;
  /** Called for each look that finds something which is no entry. It counts as a miss. */
  readonly onUnreadable?: (key: string) => void;
}

/** Makes a cache in Redis. Each call is one script: one round trip and one atomic step. */
export function redisCache<V>(redis: RedisPort, options: RedisCacheOptions): Cache<V> {
  const { graceMs, jitter, writes = plainWrites(redis), storeClock, onUnreadable = () => {} } = options;
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
      const args = [token, granted, channel, ttlMs, graceMs, ...fieldsOf(made), FENCE_MARGIN_MS];
      return writes.run('commit', [entry, lease, fence, failure], args);
    }
    const seen = condition === 'always' ? '' : condition.seenFence;
    return writes.run('put', [entry, fence], [seen, FENCE_MARGIN_MS, ttlMs, graceMs, ...fieldsOf(made)]);
  }

  return {
    async read(key) {
      const { entry, fence } = keysOf(key);
      const answered = storeClock?.asking();
      const [seconds, micros, newestFence, newestVersion, ...fields] = await redis.run(
        'read',
        [entry, fence],
        [FENCE_MARGIN_MS],
      );
      const found = foundIn<V>(fields);
      if (found === 'unreadable') onUnreadable(key);
      const atStoreMs = storeMsFrom(seconds, micros);
      answered?.(atStoreMs);
      return {
        atStoreMs,
        fence: Number(newestFence),
        newestVersion: Number(newestVersion),
        entry: typeof found === 'object' ? found : undefined,
      };
    },

    async commit(key, made, condition) {
      const ttlMs = drawTtlMs();
      const [accepted, seconds, micros, writtenUnder] = await write(key, made, condition, ttlMs);
      const atStoreMs = storeMsFrom(seconds, micros);
      if (accepted !== 1) return { outcome: 'fenced', atStoreMs };
      await writes.replicated();
      return {
        outcome: 'accepted',
        atStoreMs,
        entry: { ...made, fence: Number(writtenUnder), softTtlMs: ttlMs, hardTtlMs: ttlMs + graceMs },
      };
    },

    async invalidate(key) {
      const { entry, lease, fence, failure, channel } = keysOf(key);
      const [minted, seconds, micros] = await writes.run(
        'invalidate',
        [entry, lease, fence, failure],
        [FENCE_MARGIN_MS, channel],
      );
      await writes.replicated();
      return { atStoreMs: storeMsFrom(seconds, micros), fence: Number(minted) };
    },
  };
}
