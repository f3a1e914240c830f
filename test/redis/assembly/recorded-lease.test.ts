import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operationNumbers, withObservedCache } from '../../../assembly/observed.ts';
import { withObservedLease } from '../../../assembly/observed-lease.ts';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import type { Event } from '../../../record/events.ts';
import { recordingObserver } from '../../../services/member/observe/recording.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { granted, made, refused } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const LEASE_MS = 60_000;

describe('what a replica records of its lease', () => {
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
    const events: Event[] = [];
    const record = recordingObserver((event) => events.push(event));
    const options = { leaseMs: LEASE_MS, holder, rememberFailuresMs: LEASE_MS, random: Math.random };
    const lease = redisLease<string>(redis, redisWakeups(subscriber, systemClock), options);
    const cache = redisCache<string>(redis, { ttlMs: LEASE_MS, graceMs: 0 });
    return {
      lease: withObservedLease(lease, record, systemClock),
      cache: withObservedCache(cache, record, operationNumbers()),
      events,
    };
  }

  it('is its grant, its renewals and its loss, and the write with the version that it replaces', async () => {
    const one = await replica('one');
    const grant = await granted(one.lease, 'k');
    await one.lease.renew('k', grant);
    await one.cache.commit('k', made(7), { grant });
    await one.lease.renew('k', grant);
    const next = await granted(one.lease, 'k', 7);
    await one.cache.invalidate('k');
    await one.cache.commit('k', made(8), { grant: next });

    const brief = one.events.map((event) => {
      if (event.event === 'committing') return [event.event, event.op, event.version, event.replaces];
      if (event.event === 'commit') return [event.event, event.op, event.version, event.outcome];
      return [event.event];
    });
    assert.deepEqual(brief, [
      ['granted'],
      ['renewed'],
      ['committing', 1, 7, 0],
      ['commit', 1, 7, 'accepted'],
      ['lease-lost'],
      ['granted'],
      ['invalidated'],
      ['committing', 2, 8, 7],
      ['commit', 2, 8, 'fenced'],
    ]);
    const { fence } = grant;
    assert.deepEqual(one.events[1], { event: 'renewed', key: 'k', fence });
    assert.deepEqual(one.events[2], {
      event: 'committing',
      key: 'k',
      op: 1,
      version: 7,
      fence,
      replaces: 0,
    });
  });

  it('is each wait from its beginning to its end: by a fill, by a release, by its time', async () => {
    const [one, other] = [await replica('one'), await replica('other')];
    const watch = await other.lease.watch('waits');
    const grant = await granted(one.lease, 'waits');
    const held = await refused('held', other.lease, 'waits');
    await watch.filled(held.fence, 20);
    const woken = watch.filled(held.fence, LEASE_MS);
    await one.cache.commit('waits', made(1), { grant });
    await woken;
    const next = await granted(one.lease, 'waits', 1);
    const again = watch.filled(next.fence, LEASE_MS);
    await one.lease.release('waits', next);
    await again;
    watch.close();

    const { fence } = grant;
    const [first, ...rest] = other.events;
    assert.deepEqual(first, { event: 'held', key: 'waits', fence, retryAfterMs: held.retryAfterMs });
    assert.deepEqual(
      rest.map((event) => (event.event === 'waited' ? event.outcome : event.event)),
      ['waiting', 'timed-out', 'waiting', 'woken', 'filled', 'waiting', 'look-again'],
    );
    assert.deepEqual(rest[3], { event: 'woken', key: 'waits', fence });
    assert.ok(rest[1]?.event === 'waited' && rest[1].waitedMs >= 18 && rest[1].waitedMs < LEASE_MS);
  });

  it('is the back-off that it is told of', async () => {
    const one = await replica('one');
    const grant = await granted(one.lease, 'fails');
    await one.lease.release('fails', grant, { backoffMs: LEASE_MS });
    const { retryAfterMs } = await refused('backing-off', one.lease, 'fails');
    assert.deepEqual(one.events.slice(1), [
      { event: 'released', key: 'fails', fence: grant.fence, failed: true },
      { event: 'backing-off', key: 'fails', retryAfterMs, failures: 1 },
    ]);
  });
});
