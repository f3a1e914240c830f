import { mutexes } from '../../backends/locks/index.ts';
import { fencedLease } from '../../backends/redis/fenced-lease.ts';
import { redisLease } from '../../backends/redis/lease.ts';
import type { RedisPort } from '../../backends/redis/port.ts';
import { plainWrites } from '../../backends/redis/replicated-writes.ts';
import type { Wakeups } from '../../backends/redis/wakeups.ts';
import type { Cache, Lease } from '../../strategies/contract/index.ts';
import { systemClock } from '../shared/clock.ts';
import type { AppConfig } from './config.ts';

/** The part of a replica's configuration that the lease needs. */
export type LeaseConfig = Pick<
  AppConfig,
  'NAME' | 'LEASE_BACKEND' | 'LOCK_SERVERS' | 'LEASE_MS' | 'BACKOFF_MS' | 'REDIS_TIMEOUT_MS'
>;

/** A lease, and what belongs to its backend. */
export interface OpenLease<V> {
  readonly lease: Lease<V>;
  /** Wraps a cache so that its writes under a grant end the lease. */
  withEndingCommits(cache: Cache<V>): Cache<V>;
  /** Tells whether the backend can grant the lease. */
  ready(): boolean;
  close(): void;
}

/**
 * Gives how long to wait for a lock server: a quarter of the term, so that time for the work is left, but at least
 * 50 ms, and never longer than a command to Redis may take.
 */
const serverTimeoutMs = ({ LEASE_MS, REDIS_TIMEOUT_MS }: LeaseConfig) =>
  Math.min(REDIS_TIMEOUT_MS, Math.max(50, Math.round(LEASE_MS / 4)));

/** Opens the lease of the configured backend. `writes`: where Redis grants it, and when a grant counts. */
export function openLease<V>(
  config: LeaseConfig,
  redis: RedisPort,
  wakeups: Wakeups<V>,
  writes = plainWrites(redis),
): OpenLease<V> {
  const options = {
    leaseMs: config.LEASE_MS,
    holder: config.NAME,
    rememberFailuresMs: 10 * config.BACKOFF_MS,
    // Not the seeded one: a token must differ from those of an earlier process with the same seed.
    random: Math.random,
  };
  if (config.LEASE_BACKEND === 'redis') {
    const lease = redisLease<V>(redis, wakeups, { ...options, writes });
    // commit.lua ends the lease in the same step.
    return { lease, withEndingCommits: (cache) => cache, ready: () => true, close: () => {} };
  }
  const mutex = mutexes[config.LEASE_BACKEND].open({
    ...options,
    servers: config.LOCK_SERVERS,
    timeoutMs: serverTimeoutMs(config),
    clock: systemClock,
  });
  const lease = fencedLease<V>(mutex, redis, wakeups, options);
  return { lease, withEndingCommits: lease.withEndingCommits, ready: mutex.ready, close: mutex.close };
}
