import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operationNumbers, withObservedCache } from '../../../assembly/observed.ts';
import { withObservedLease } from '../../../assembly/observed-lease.ts';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { countingObserver } from '../../../services/member/observe/counting.ts';
import { type AppMetrics, appMetrics } from '../../../services/member/observe/metrics.ts';
import { observeWakeLag } from '../../../services/member/observe/wake-lag.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { granted, made, refused } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const LEASE_MS = 150;
const TIMES = { ttlMs: 60_000, graceMs: 0 };

describe('what a replica tells of its lease', () => {
  let server: RedisServer;
  const connections: { close(): void }[] = [];

  before(async () => {
    server = await startRedis();
  });
  after(async () => {
    for (const connection of connections) connection.close();
    await server.stop();
  });

  async function replica(holder: string) {
    const connect = (name: string) => connectRedis({ url: server.url }, { name, commandTimeoutMs: 1000 });
    const [redis, subscriber] = [connect(holder), connect(`${holder}-sub`)];
    connections.push(redis, subscriber);
    for (const connection of [redis, subscriber])
      await until('a connection', () => connection.client.ping().catch(() => false));
    const metrics = appMetrics({ strategy: 'lock', replica: holder });
    const observer = countingObserver(metrics);
    const options = { leaseMs: LEASE_MS, holder, rememberFailuresMs: 1000, random: Math.random };
    const wakeups = redisWakeups<string>(subscriber, systemClock);
    observeWakeLag(subscriber, metrics);
    return {
      metrics,
      lease: withObservedLease(redisLease(redis, wakeups, options), observer, systemClock),
      cache: withObservedCache(redisCache<string>(redis, TIMES), observer, operationNumbers()),
    };
  }

  const read = async ({ registry }: AppMetrics, name: string): Promise<number> => {
    const line = (await registry.metrics()).split('\n').find((line) => line.startsWith(`${name}{`));
    return Number(line?.split(' ').at(-1));
  };

  it('holds it from the grant to the commit, and is heard by who waits', async () => {
    const [one, other] = [await replica('one'), await replica('other')];
    const watch = await other.lease.watch('filled');
    const grant = await granted(one.lease, 'filled');
    assert.ok((await read(one.metrics, 'dogpile_lease_hold_seconds')) > 0);
    const held = await refused('held', other.lease, 'filled');
    const filled = watch.filled(held.fence, held.retryAfterMs);
    await one.cache.commit('filled', made(1), { grant });
    assert.equal(await read(one.metrics, 'dogpile_lease_hold_seconds'), 0);
    assert.equal((await filled)?.version, 1);
    assert.equal(await read(other.metrics, 'dogpile_wake_lag_seconds_count'), 1);
    assert.equal(await read(other.metrics, 'dogpile_lease_take_overs_total'), 0);
    watch.close();
  });

  it('lets it go when its term has run out, and whoever waited for it takes over', async () => {
    const [one, other] = [await replica('one'), await replica('other')];
    const watch = await other.lease.watch('lost');
    await granted(one.lease, 'lost');
    const held = await refused('held', other.lease, 'lost');
    assert.equal(await watch.filled(held.fence, held.retryAfterMs), undefined);
    await until('the end of the term', async () => (await other.lease.acquire('lost')).kind === 'granted');
    assert.equal(await read(other.metrics, 'dogpile_lease_take_overs_total'), 1);
    await until(
      'the end of its hold',
      async () => (await read(one.metrics, 'dogpile_lease_hold_seconds')) === 0,
    );
    watch.close();
  });

  it('counts no take-over after a release', async () => {
    const [one, other] = [await replica('one'), await replica('other')];
    const watch = await other.lease.watch('released');
    const grant = await granted(one.lease, 'released');
    const held = await refused('held', other.lease, 'released');
    const woken = watch.filled(held.fence, held.retryAfterMs);
    await one.lease.release('released', grant);
    assert.equal(await woken, undefined);
    await granted(other.lease, 'released');
    assert.equal(await read(other.metrics, 'dogpile_lease_take_overs_total'), 0);
    watch.close();
  });
});
