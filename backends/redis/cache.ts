import type { Cache, Condition, Made } from '../../strategies/contract/index.ts';
import { entryFrom } from './entry.ts';
import { answered, keysOf, type Reply, redisTimeMs, type ScriptedRedis } from './ioredis/connection.ts';

/** How long a fence outlives everything else of its key, so that it still rises after the entry is gone. */
export const FENCE_TTL_MS = 24 * 60 * 60 * 1000;

export interface RedisCacheOptions {
  readonly ttlMs: number;
  /** How much longer the value is kept, to be served stale when the origin fails. */
  readonly graceMs: number;
  /** Each write draws its TTL from `ttlMs` times 1 ± `share`, so that what was written together is not due together. */
  readonly jitter?: { readonly share: number; readonly random: () => number };
}

/** Values in Redis. Each call is one script, so one round trip and one step. */
export function redisCache<V>(redis: ScriptedRedis, options: RedisCacheOptions): Cache<V> {
  const { graceMs, jitter } = options;
  const drawTtlMs = () =>
    jitter ? Math.round(options.ttlMs * (1 + jitter.share * (2 * jitter.random() - 1))) : options.ttlMs;
  const fieldsOf = (made: Made<V>) => [
    JSON.stringify(made.value),
    made.version,
    made.computedAt,
    made.recomputeMs,
  ];

  function write(key: string, made: Made<V>, condition: Condition, ttlMs: number): Promise<unknown> {
    const { entry, lease, fence, failure, channel } = keysOf(key);
    if (typeof condition === 'object' && 'grant' in condition) {
      const { grant } = condition;
      return redis.commitEntry(
        entry,
        lease,
        fence,
        failure,
        grant.token,
        grant.fence,
        channel,
        ttlMs,
        graceMs,
        ...fieldsOf(made),
      );
    }
    const seen = condition === 'always' ? '' : condition.seenFence;
    return redis.putEntry(entry, fence, seen, FENCE_TTL_MS, ttlMs, graceMs, ...fieldsOf(made));
  }

  return {
    async read(key) {
      const { entry, fence } = keysOf(key);
      const [seconds, micros, newest, ...found] = (await answered(redis.readEntry(entry, fence))) as Reply;
      return { at: redisTimeMs(seconds, micros), fence: Number(newest ?? 0), entry: entryFrom<V>(found) };
    },

    async commit(key, made, condition) {
      const ttlMs = drawTtlMs();
      const reply = await answered(write(key, made, condition, ttlMs));
      const [accepted, seconds, micros, newest] = reply as Reply;
      const at = redisTimeMs(seconds, micros);
      if (accepted !== 1) return { outcome: 'fenced', at };
      return {
        outcome: 'accepted',
        at,
        entry: { ...made, fence: Number(newest), softTtlMs: ttlMs, hardTtlMs: ttlMs + graceMs },
      };
    },

    async invalidate(key) {
      const { entry, lease, fence, failure, channel } = keysOf(key);
      const reply = await answered(
        redis.invalidateEntry(entry, lease, fence, failure, FENCE_TTL_MS, channel),
      );
      const [minted, seconds, micros] = reply as Reply;
      return { at: redisTimeMs(seconds, micros), fence: Number(minted) };
    },
  };
}
