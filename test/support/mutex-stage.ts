import { type MutexName, mutexes } from '../../backends/locks/index.ts';
import type { Mutex } from '../../backends/locks/mutex.ts';
import { redisCache } from '../../backends/redis/cache.ts';
import { type FencedLease, fencedLease } from '../../backends/redis/fenced-lease.ts';
import { connectRedis } from '../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../backends/redis/keys.ts';
import { redisWakeups } from '../../backends/redis/wakeups.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { seededRandom } from '../../services/shared/random.ts';
import type { Cache } from '../../strategies/contract/index.ts';
import type { LeaseSettings, LeaseStage } from '../suites/lease/stage.ts';
import type { LockServers } from './lock-servers.ts';
import { startRedis } from './redis-server.ts';
import { until } from './within.ts';

const DEFAULTS = { leaseMs: 2000, rememberFailuresMs: 2000, ttlMs: 60_000, graceMs: 60_000 };
/** Far more than a busy machine takes, so that no server counts as silent by chance. */
const TIMEOUT_MS = 10_000;

/** A stage of two processes whose leases are made of mutexes, the mutexes and their servers in reach. */
export interface MutexStage<S extends LockServers> extends LeaseStage {
  readonly lease: FencedLease<string>;
  readonly other: FencedLease<string>;
  readonly mutexes: readonly [Mutex, Mutex];
  readonly servers: S;
  /** A lease of the first process, of another mutex than its own. */
  leaseOf(mutex: Mutex): FencedLease<string>;
  /** The Redis of the values stops answering. */
  stopStore(): Promise<void>;
}

export async function startMutexStage<S extends LockServers>(
  name: MutexName,
  startServers: () => Promise<S>,
  given: Partial<LeaseSettings> & { readonly timeoutMs?: number } = {},
): Promise<MutexStage<S>> {
  const settings = { ...DEFAULTS, timeoutMs: TIMEOUT_MS, ...given };
  const [store, servers] = await Promise.all([startRedis(), startServers()]);
  const connections = ['outside', 'one', 'one-wakeups', 'other', 'other-wakeups'].map((name) =>
    connectRedis({ url: store.url }, { name, commandTimeoutMs: TIMEOUT_MS }),
  );
  const [outside, ...ofProcesses] = connections;
  const process = (index: number, holder: string) => {
    const [redis, subscriber] = ofProcesses.slice(2 * index);
    if (!redis || !subscriber) throw new Error('a process has two connections');
    const mutex = mutexes[name].open({
      servers: servers.addresses,
      leaseMs: settings.leaseMs,
      holder,
      timeoutMs: settings.timeoutMs,
      clock: systemClock,
      random: seededRandom(index),
    });
    const wakeups = redisWakeups<string>(subscriber, systemClock);
    const leaseOf = (mutex: Mutex) => fencedLease(mutex, redis, wakeups, settings);
    return { mutex, lease: leaseOf(mutex), leaseOf };
  };
  const [one, other] = [process(0, 'one'), process(1, 'other')];
  if (!outside) throw new Error('somebody looks from outside');
  await Promise.all(
    connections.map((redis) => until('a connection', () => redis.client.ping().catch(() => false))),
  );
  await until('the lock servers', () => one.mutex.ready() && other.mutex.ready());

  return {
    lease: one.lease,
    other: other.lease,
    mutexes: [one.mutex, other.mutex],
    servers,
    leaseOf: one.leaseOf,
    // Both processes write through it; any of them lets go of what the grant names.
    cache: endedByEither(redisCache<string>(outside, settings), one.lease, other.lease),
    async forgetFences(key) {
      await outside.client.del(keysOf(key).fence);
    },
    async cutListeners() {
      await outside.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    async listening(key) {
      const [, subscribers] = (await outside.client.pubsub('NUMSUB', keysOf(key).channel)) as [
        string,
        number,
      ];
      return Number(subscribers) > 0;
    },
    stopStore: () => store.kill(),
    async close() {
      for (const redis of connections) redis.close();
      for (const { mutex } of [one, other]) mutex.close();
      await Promise.all([store.stop(), servers.stop()]);
    },
  };
}

/** A mutex is let go where it was taken: for what ends with its holder's connection no other process can. */
const endedByEither = (
  cache: Cache<string>,
  one: FencedLease<string>,
  other: FencedLease<string>,
): Cache<string> => other.withEndingCommits(one.withEndingCommits(cache));
