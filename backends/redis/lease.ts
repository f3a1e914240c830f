import { LeaseUnavailable, StoreRefused, StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { Acquired, Lease } from '../../strategies/contract/index.ts';
import { FENCE_MARGIN_MS } from './cache.ts';
import { entryFrom } from './entry.ts';
import { keysOf } from './keys.ts';
import type { RedisPort, Reply } from './port.ts';
import { plainWrites, type Writes } from './replicated-writes.ts';
import { storeMsFrom } from './time.ts';
import type { Wakeups } from './wakeups.ts';

export interface RedisLeaseOptions {
  readonly leaseMs: number;
  /** The holder's name in its tokens, so that you can see in Redis who holds a lease. No colon. */
  readonly holder: string;
  /** How long Redis remembers the failures in a row after the back-off. */
  readonly rememberFailuresMs: number;
  readonly random: () => number;
  /** Where grants are written, and when one counts. Default: on the port, as soon as the primary has it. */
  readonly writes?: Writes;
}

/** Makes a lease in the Redis of the values: it grants, mints the fence and looks for the value in one step. */
export function redisLease<V>(
  redis: RedisPort,
  wakeups: Pick<Wakeups<V>, 'watch'>,
  options: RedisLeaseOptions,
): Lease<V> {
  const { leaseMs, holder, rememberFailuresMs, random, writes = plainWrites(redis) } = options;
  const newToken = () => `${holder}:${random().toString(36).slice(2)}${random().toString(36).slice(2)}`;

  return {
    ttlMs: leaseMs,

    async acquire(key, seenVersion) {
      const { entry, lease, fence, failure, channel } = keysOf(key);
      const token = newToken();
      try {
        const ask = (version: number | '') =>
          writes.run('acquire', [entry, lease, fence, failure], [token, leaseMs, FENCE_MARGIN_MS, version]);
        // A grant in vain would still mint a fence, and so keep out who recomputes without a lease.
        if (writes.isBehind) await writes.replicated();
        const reply = await unlessUnreadable(ask, seenVersion);
        const acquired = acquiredFrom<V>(reply, token, leaseMs);
        if (acquired.kind === 'granted') await writes.replicated();
        return acquired;
      } catch (error) {
        // The store may still grant it, to a caller that is gone. This release comes after it on its connection, and ends it.
        writes.run('release', [lease, failure], [token, channel, 0, rememberFailuresMs]).catch(() => {});
        return throwUnlessLeaseGone(error, key);
      }
    },

    async renew(key, grant) {
      const [renewed] = await redis
        .run('renew', [keysOf(key).lease], [grant.token, leaseMs])
        .catch((error) => throwUnlessLeaseGone(error, key));
      return renewed === 1;
    },

    async release(key, grant, failed) {
      const { lease, failure, channel } = keysOf(key);
      const args = [grant.token, channel, failed?.backoffMs ?? 0, rememberFailuresMs];
      await redis.run('release', [lease, failure], args).catch((error) => throwUnlessLeaseGone(error, key));
    },

    watch: (key) => wakeups.watch(key),
  };
}

/**
 * Throws {@link LeaseUnavailable} if the store answered that it cannot serve the command: too few replicas, no memory, a full
 * disk, not the primary. Values may still be read then; if not, the next look says so. Throws any other error as it is.
 */
export function throwUnlessLeaseGone(error: unknown, key: string): never {
  if (error instanceof StoreUnavailable && error.hasAnswered)
    throw new LeaseUnavailable(error.message, { key, reason: error.reason, cause: error });
  throw error;
}

/**
 * Asks for the lease. If a fresh value makes it needless, but cannot be read, asks again to replace that one. Redis cannot
 * tell, since it does not read the values.
 */
export async function unlessUnreadable(
  ask: (seenVersion: number | '') => Promise<Reply>,
  seenVersion: number | undefined,
): Promise<Reply> {
  const reply = await ask(seenVersion ?? '');
  const [kind, ...fields] = reply;
  if (kind !== 'fresh' || entryFrom(fields)) return reply;
  const [, , version] = fields;
  return ask(Number(version));
}

/** Reads the answer of acquire.lua or mint.lua. */
export function acquiredFrom<V>([kind, ...rest]: Reply, token: string, leaseMs: number): Acquired<V> {
  switch (kind) {
    case 'granted': {
      const [fence, seconds, micros, newestVersion] = rest;
      const atStoreMs = storeMsFrom(seconds, micros);
      return { kind, grant: { token, fence: Number(fence), atStoreMs, replaces: Number(newestVersion) } };
    }
    case 'held': {
      const left = Number(rest[1]);
      // A lease without a term is not from this code; look again after a term of our own.
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
