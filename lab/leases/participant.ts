import { redisCache } from '../../backends/redis/cache.ts';
import { fencedLease } from '../../backends/redis/fenced-lease.ts';
import { connectRedis } from '../../backends/redis/ioredis/connection.ts';
import { redisLease } from '../../backends/redis/lease.ts';
import { redisWakeups } from '../../backends/redis/wakeups.ts';
import { systemClock } from '../../services/shared/clock.ts';
import type { Cache, Lease } from '../../strategies/contract/index.ts';
import type { Variant } from './variants.ts';

export interface Where {
  /** The Redis of the values. */
  readonly store: string;
  readonly servers: readonly string[];
  readonly leaseMs: number;
  readonly holder: string;
}

/** One process's lease and cache. */
export interface Participant {
  readonly lease: Lease<string>;
  readonly cache: Cache<string>;
  ready(): boolean;
  close(): void;
}

const TIMEOUT_MS = 300;
const VALUES = { ttlMs: 60_000, graceMs: 60_000 };

export function participate({ open }: Variant, { store, servers, leaseMs, holder }: Where): Participant {
  const connectTo = (name: string) => connectRedis({ url: store }, { name, commandTimeoutMs: TIMEOUT_MS });
  const [redis, subscriber] = [connectTo(holder), connectTo(`${holder}-wakeups`)];
  const wakeups = redisWakeups<string>(subscriber, systemClock);
  const options = { leaseMs, holder, rememberFailuresMs: 1000, random: Math.random };
  const cache = redisCache<string>(redis, VALUES);
  const mutex = open?.({ ...options, servers, timeoutMs: TIMEOUT_MS, clock: systemClock });
  const lease = mutex && fencedLease<string>(mutex, redis, wakeups, options);
  return {
    lease: lease ?? redisLease<string>(redis, wakeups, options),
    cache: lease?.withEndingCommits(cache) ?? cache,
    ready: () => redis.connected && (mutex?.ready() ?? true),
    close() {
      mutex?.close();
      redis.close();
      subscriber.close();
    },
  };
}
