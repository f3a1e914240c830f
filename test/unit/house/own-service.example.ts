import { assemble } from '../../../assembly/assemble.ts';
import { lruCopies } from '../../../assembly/lru-copies.ts';
import { redisCache } from '../../../backends/redis/cache.ts';
import { redisDemand } from '../../../backends/redis/demand.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { systemClock as clock } from '../../../services/shared/clock.ts';
import type { Options, Origin } from '../../../strategies/contract/index.ts';
import { hybrid } from '../../../strategies/hybrid.ts';

/** Once per process: ask `strategy` for values, and `parts.cache` to invalidate them. */
export function cached<V>(url: string, name: string, origin: Origin<V>, options: Options) {
  const connect = (suffix: string) => connectRedis({ url }, { name: name + suffix, commandTimeoutMs: 500 });
  const redis = connect('');
  const wakeups = redisWakeups<V>(connect('-wakeups'), clock);
  const cache = redisCache<V>(redis, { ttlMs: 3000, graceMs: 2000 });
  const { random } = Math;
  const leaseOptions = { leaseMs: 1000, holder: name, rememberFailuresMs: 5000, random };
  const lease = redisLease<V>(redis, wakeups, leaseOptions);
  const [demand, copies] = [redisDemand(redis), lruCopies(16_000_000)];
  const ports = { cache, lease, changes: wakeups, copies, demand, origin, clock, random, options };
  return assemble(hybrid, ports, { observer() {}, track: <T>(step: Promise<T>) => step });
}
