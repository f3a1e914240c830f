import { LeaseUnavailable, StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { Cache, Lease } from '../../strategies/contract/index.ts';
import type { Mutex } from '../locks/mutex.ts';
import { FENCE_MARGIN_MS } from './cache.ts';
import { keysOf, RELEASED } from './keys.ts';
import { acquiredFrom, type RedisLeaseOptions, throwUnlessLeaseGone, unlessUnreadable } from './lease.ts';
import type { RedisPort, Reply } from './port.ts';
import type { Wakeups } from './wakeups.ts';

export interface FencedLease<V> extends Lease<V> {
  /** The cache, with a write under a grant ending the lease whatever becomes of the write. */
  withEndingCommits(cache: Cache<V>): Cache<V>;
}

/**
 * A lease of any mutex. The mutex decides who recomputes; what may be written the fence decides, and that is minted
 * beside the value. A mutex that forgets, or is held by two, costs a recompute too many and never a newer value: whoever
 * minted last wins. The mutex is let go before anybody is woken, so that whoever looks then finds it free.
 */
export function fencedLease<V>(
  mutex: Mutex,
  redis: RedisPort,
  wakeups: Wakeups<V>,
  { leaseMs, rememberFailuresMs }: Pick<RedisLeaseOptions, 'leaseMs' | 'rememberFailuresMs'>,
): FencedLease<V> {
  async function look(key: string, keptMs: number | '', seenVersion: number | undefined): Promise<Reply> {
    const { entry, fence, failure } = keysOf(key);
    const ask = (version: number | '') => redis.run('mint', [entry, fence, failure], [keptMs, version]);
    return unlessUnreadable(ask, seenVersion);
  }

  async function newestFence(key: string): Promise<number> {
    const [newest] = await redis.run('newest', [keysOf(key).fence], []);
    return Number(newest);
  }

  /** Lets the mutex go and wakes whoever it kept waiting. Where that fails, its term ends it, and theirs their wait. */
  async function end(key: string, token: string): Promise<void> {
    await unlessUnavailable(mutex.unlock(key, token));
    await unlessUnavailable(redis.publish(keysOf(key).channel, RELEASED));
  }

  return {
    ttlMs: leaseMs,

    async acquire(key, seenVersion) {
      const before = await look(key, '', seenVersion);
      if (before[0] !== 'due') return acquiredFrom(before, '', leaseMs);
      const tried = await mutex.tryLock(key).catch(withoutLockServer);
      if (tried.kind === 'held') {
        const left = tried.retryAfterMs ?? leaseMs;
        return { kind: 'held', fence: Number(before[1]), retryAfterMs: Math.max(1, Math.min(left, leaseMs)) };
      }
      const { token } = tried;
      try {
        const now = await look(key, FENCE_MARGIN_MS, seenVersion);
        if (now[0] !== 'granted') await end(key, token);
        return acquiredFrom(now, token, leaseMs);
      } catch (error) {
        await end(key, token);
        return throwUnlessLeaseGone(error, key);
      }
    },

    async renew(key, { token, fence }) {
      // An invalidation, or a second holder, is known beside the value and not to the mutex.
      if ((await newestFence(key)) !== fence) {
        await end(key, token);
        return false;
      }
      return mutex.extend(key, token).catch(withoutLockServer);
    },

    async release(key, { token, fence: granted }, failed) {
      const { fence, failure } = keysOf(key);
      try {
        // Before the mutex is free, or the next holder would ask the origin at once.
        if (failed)
          await redis.run('fail', [fence, failure], [granted, failed.backoffMs, rememberFailuresMs]);
      } finally {
        await end(key, token);
      }
    },

    watch: (key) => wakeups.watch(key),

    withEndingCommits: (cache) => ({
      ...cache,
      async commit(key, made, condition) {
        if (typeof condition !== 'object' || !('grant' in condition))
          return cache.commit(key, made, condition);
        const { token } = condition.grant;
        try {
          const committed = await cache.commit(key, made, condition);
          // The fill has woken the waiters, with the value; a refusal has not.
          if (committed.outcome === 'accepted') await unlessUnavailable(mutex.unlock(key, token));
          else await end(key, token);
          return committed;
        } catch (error) {
          // The writer may ask again, and lets go then.
          if (!(error instanceof StoreUnavailable)) await end(key, token);
          throw error;
        }
      },
    }),
  };
}

/** Throws the error of a lock server. If it is gone, so is the lease, and no more. */
function withoutLockServer(error: unknown): never {
  if (!(error instanceof StoreUnavailable)) throw error;
  throw new LeaseUnavailable(error.message, { reason: error.reason, cause: error });
}

async function unlessUnavailable(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
