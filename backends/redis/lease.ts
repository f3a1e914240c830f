import { StoreRefused, StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { Acquired, Lease } from '../../strategies/contract/index.ts';
import { FENCE_TTL_MS } from './cache.ts';
import { entryFrom } from './entry.ts';
import { keysOf } from './keys.ts';
import type { RedisPort, Reply } from './port.ts';
import { storeMsFrom } from './time.ts';
import type { Wakeups } from './wakeups.ts';

export interface RedisLeaseOptions {
  readonly leaseMs: number;
  /** Names the holder in its tokens, so that one can see in Redis who holds a lease. No colon. */
  readonly holder: string;
  /** How long failures in a row are remembered after the back-off has passed. */
  readonly rememberFailuresMs: number;
  readonly random: () => number;
  /** Redis replicas that must have a grant before it counts; 0: the primary's word is enough. */
  readonly waitReplicas?: number;
  /** How long they may take. */
  readonly waitMs?: number;
}

/** A lease in the same Redis as the values: granting it, minting its fence and looking for the value are one step. */
export function redisLease<V>(
  redis: RedisPort,
  wakeups: Pick<Wakeups<V>, 'watch'>,
  options: RedisLeaseOptions,
): Lease<V> {
  const { leaseMs, holder, rememberFailuresMs, random, waitReplicas = 0, waitMs = 100 } = options;
  const newToken = () => `${holder}:${random().toString(36).slice(2)}${random().toString(36).slice(2)}`;

  /** A grant that a promoted replica would not know of is none. This narrows the gap of a failover; it does not close it. */
  async function replicated(): Promise<void> {
    if (waitReplicas === 0) return;
    const have = await redis.waitForReplicas(waitReplicas, waitMs);
    if (have < waitReplicas)
      throw new StoreUnavailable(
        `only ${have} of ${waitReplicas} Redis replicas had the grant within ${waitMs} ms`,
        { reason: 'cannot-serve' },
      );
  }

  return {
    ttlMs: leaseMs,

    async acquire(key, seenVersion) {
      const { entry, lease, fence, failure, channel } = keysOf(key);
      const token = newToken();
      try {
        const reply = await redis.run(
          'acquire',
          [entry, lease, fence, failure],
          [token, leaseMs, FENCE_TTL_MS, seenVersion ?? ''],
        );
        const acquired = acquiredFrom<V>(reply, token, leaseMs);
        if (acquired.kind === 'granted') await replicated();
        return acquired;
      } catch (error) {
        // It may yet be granted, to nobody. Sent behind it, this ends it as soon as the store answers again.
        redis.run('release', [lease, failure], [token, channel, 0, rememberFailuresMs]).catch(() => {});
        throw error;
      }
    },

    async renew(key, grant) {
      const [renewed] = await redis.run('renew', [keysOf(key).lease], [grant.token, leaseMs]);
      return renewed === 1;
    },

    async release(key, grant, failed) {
      const { lease, failure, channel } = keysOf(key);
      const args = [grant.token, channel, failed?.backoffMs ?? 0, rememberFailuresMs];
      await redis.run('release', [lease, failure], args);
    },

    watch: (key) => wakeups.watch(key),
  };
}

/** What acquire.lua or mint.lua answered. */
export function acquiredFrom<V>([kind, ...rest]: Reply, token: string, leaseMs: number): Acquired<V> {
  switch (kind) {
    case 'granted':
      return { kind, grant: { token, fence: Number(rest[0]), atStoreMs: storeMsFrom(rest[1], rest[2]) } };
    case 'held': {
      const left = Number(rest[1]);
      // A lease without a term cannot be ours; look again after a term of our own.
      return { kind, fence: Number(rest[0]), retryAfterMs: left < 0 ? leaseMs : Math.max(1, left) };
    }
    case 'backing-off':
      return {
        kind,
        retryAfterMs: Number(rest[0]),
        failures: Number(rest[1]),
        stale: entryFrom<V>(rest.slice(2)),
      };
    case 'fresh': {
      const entry = entryFrom<V>(rest);
      if (entry) return { kind, entry };
    }
  }
  throw new StoreRefused(`the lease script answered ${JSON.stringify([kind, ...rest])}`);
}
