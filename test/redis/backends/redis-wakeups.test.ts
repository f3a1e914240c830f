import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { StoreClock } from '../../../backends/redis/store-clock.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { granted, made, refused } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

/** How long a subscription outlives its last watch. */
const LINGER_MS = 60_000;
const MOST_LINGERING = 1000;
/** In bytes of JSON. */
const LARGEST_IN_WAKE_UP = 4096;

let server: RedisServer;
let outside: IoRedisPort;
let subscriber: IoRedisPort;

before(async () => {
  server = await startRedis();
  const connect = (name: string) => connectRedis({ url: server.url }, { name, commandTimeoutMs: 1000 });
  [outside, subscriber] = [connect('outside'), connect('wake-ups')];
  for (const redis of [outside, subscriber])
    await until('a connection', () => redis.client.ping().catch(() => false));
});
after(async () => {
  for (const redis of [outside, subscriber]) redis.close();
  await server.stop();
});

async function subscribers(key: string): Promise<number> {
  const [, count] = (await outside.client.pubsub('NUMSUB', keysOf(key).channel)) as [string, number];
  return Number(count);
}

test('a subscription outlives its last watch for a while, and no longer', async () => {
  const clock = new HandClock();
  const wakeups = redisWakeups<string>(subscriber, clock);
  const [one, other] = [await wakeups.watch('lingers'), await wakeups.watch('lingers')];
  one.close();
  await clock.advance(LINGER_MS);
  assert.equal(await subscribers('lingers'), 1, 'another watch is open');
  other.close();
  await clock.advance(LINGER_MS - 1);
  assert.equal(await subscribers('lingers'), 1);
  await clock.advance(1);
  await until('the end of the subscription', async () => (await subscribers('lingers')) === 0);
  assert.equal(clock.timers, 0);
});

test('a watch that comes meanwhile keeps the subscription', async () => {
  const clock = new HandClock();
  const wakeups = redisWakeups<string>(subscriber, clock);
  (await wakeups.watch('kept')).close();
  await clock.advance(LINGER_MS / 2);
  const watch = await wakeups.watch('kept');
  await clock.advance(2 * LINGER_MS);
  assert.equal(await subscribers('kept'), 1);
  const woken = watch.filled(0, LINGER_MS);
  await outside.publish(keysOf('kept').channel, '{"released":true}');
  assert.equal(await within(SOON_MS, 'the wake-up', woken), undefined);
});

test('a message that is not ours wakes the waiter to look, and does no harm', async () => {
  const wakeups = redisWakeups<string>(subscriber, new HandClock());
  const woken = (await wakeups.watch('foreign')).filled(0, LINGER_MS);
  await outside.publish(keysOf('foreign').channel, 'not JSON');
  assert.equal(await within(SOON_MS, 'the wake-up', woken), undefined);
});

test('whoever follows a key is told of every change, and of the moment from which one may be missed', async () => {
  const own = connectRedis({ url: server.url }, { name: 'followed', commandTimeoutMs: 1000 });
  await until('a connection', () => own.client.ping().catch(() => false));
  let told = 0;
  const following = await redisWakeups<string>(own, new HandClock()).follow('followed', () => {
    told += 1;
  });
  const tells = async (what: string, happens: () => unknown) => {
    const before = told;
    await happens();
    await until(what, () => told > before);
  };
  try {
    assert.ok(following.live);
    await tells('a message', () => outside.publish(keysOf('followed').channel, '{"released":true}'));
    await tells('the loss of the connection', () => own.close());
    assert.ok(!following.live);
    await tells('the new connection', () => own.client.connect());
    await until('it to be live again', () => following.live);
    following.close();
    following.close();
    const before = told;
    await outside.publish(keysOf('followed').channel, '{"released":true}');
    await own.client.ping();
    assert.equal(told, before);
  } finally {
    own.close();
  }
});

test('a subscription that failed is tried again by the next who needs it', async () => {
  const own = connectRedis({ url: server.url }, { name: 'deaf', commandTimeoutMs: 500 });
  await until('a connection', () => own.client.ping().catch(() => false));
  const wakeups = redisWakeups<string>(own, new HandClock());
  try {
    await server.freeze();
    const following = await wakeups.follow('deaf', () => {});
    assert.ok(!following.live);
    await server.thaw();
    await until('an answer', () => own.client.ping().catch(() => false));
    assert.ok(!following.live);
    await wakeups.watch('deaf');
    assert.ok(following.live);
  } finally {
    await server.thaw();
    own.close();
  }
});

test('so many subscriptions linger, and no more: the oldest ends at once', async () => {
  const clock = new HandClock();
  const wakeups = redisWakeups<string>(subscriber, clock);
  const keys = Array.from({ length: MOST_LINGERING + 1 }, (_, index) => `flood${index}`);
  for (const key of keys.slice(0, -1)) (await wakeups.watch(key)).close();
  // Whoever is needed again is not the oldest any more.
  (await wakeups.watch('flood0')).close();
  await outside.client.ping();
  assert.equal(await subscribers('flood1'), 1);
  (await wakeups.watch(keys.at(-1) ?? '')).close();
  await until('the oldest to end', async () => (await subscribers('flood1')) === 0);
  assert.deepEqual([await subscribers('flood0'), await subscribers('flood2')], [1, 1]);
  assert.equal(clock.timers, MOST_LINGERING);
  await clock.advance(LINGER_MS);
  await until('the end of all', async () => (await subscribers('flood0')) === 0);
});

/** Commits a value of so many bytes, as JSON, while somebody watches. */
async function heardOf(bytes: number) {
  const clock = systemClock;
  const wakeups = redisWakeups<string>(subscriber, clock);
  const cache = redisCache<string>(outside, { ttlMs: 60_000, graceMs: 1000 });
  const lease = redisLease<string>(outside, wakeups, {
    ...{ leaseMs: 10_000, holder: 'holder', rememberFailuresMs: 1000, random: Math.random },
  });
  const key = `of-${bytes}`;
  const messages: string[] = [];
  const note = (_channel: string, message: string) => void messages.push(message);
  subscriber.client.on('message', note);
  const grant = await granted(lease, key);
  const watch = await lease.watch(key);
  const value = 'v'.repeat(bytes - 2);
  await cache.commit(key, { ...made(1), value }, { grant });
  const heard = await within(SOON_MS, 'the fill', watch.filled(grant.fence, LINGER_MS));
  subscriber.client.off('message', note);
  return { heard, messages, value, key, watch, fence: grant.fence, lease };
}

test('a value travels in the wake-up up to a size', async () => {
  const { heard, value } = await heardOf(LARGEST_IN_WAKE_UP);
  assert.equal(heard?.value, value);
});

test('of a larger value the wake-up brings the fence, and the waiter looks once', async () => {
  const { heard, messages, key, watch, fence, lease, value } = await heardOf(LARGEST_IN_WAKE_UP + 1);
  assert.equal(heard, undefined);
  assert.ok((messages[0]?.length ?? 0) < 200, messages[0]);
  const looked = await refused('fresh', lease, key);
  assert.equal(looked.entry.value, value);
  const again = watch.filled(fence, 50);
  const since = performance.now();
  assert.equal(await again, undefined);
  assert.ok(performance.now() - since >= 49, 'a second wait does not end by the same message');
});

test('the fence of an older fill, which came without its value, wakes nobody', async () => {
  const wakeups = redisWakeups<string>(subscriber, systemClock);
  const watch = await wakeups.watch('older');
  const { channel } = keysOf('older');
  const waiting = watch.filled(8, LINGER_MS);
  let isWoken = false;
  void waiting.then(() => {
    isWoken = true;
  });
  await outside.publish(channel, '{"fence":"7","at":["1","0"]}');
  await subscriber.client.ping();
  assert.ok(!isWoken);
  await outside.publish(channel, '{"fence":"8","at":["1","0"]}');
  assert.equal(await within(SOON_MS, 'the wake-up', waiting), undefined);
});

/** Listens with a clock by hand, to a fill of 1000 ms that is heard only when the test says so. */
async function heardLate(key: string, clock: HandClock, storeClock?: StoreClock) {
  const wakeups = redisWakeups<string>(subscriber, clock, storeClock && { storeClock });
  const watch = await wakeups.watch(key);
  const cache = redisCache<string>(outside, { ttlMs: 1000, graceMs: 500, ...(storeClock && { storeClock }) });
  await cache.read(key);
  const waiters = redisLease<string>(outside, wakeups, {
    ...{ leaseMs: 10_000, holder: 'holder', rememberFailuresMs: 1000, random: Math.random },
  });
  const grant = await granted(waiters, key);
  await cache.commit(key, made(1), { grant });
  await subscriber.client.ping();
  return { watch, fence: grant.fence };
}

test('a value that is heard late has no more time left than in the store', async () => {
  const clock = new HandClock();
  const storeClock = new StoreClock(clock);
  const { watch, fence } = await heardLate('late', clock, storeClock);
  await clock.advance(500);
  const entry = await within(SOON_MS, 'the fill', watch.filled(fence, 1));
  // Between the look and the commit only the store's clock went on.
  assert.ok(entry && Math.abs(entry.softTtlMs - 500) < 200, `${entry?.softTtlMs}`);
  assert.equal(entry.hardTtlMs - entry.softTtlMs, 500);
});

test('without a sample of the clocks, it counts as old as the watch', async () => {
  const clock = new HandClock();
  const { watch, fence } = await heardLate('unsampled', clock);
  await clock.advance(300);
  assert.equal((await watch.filled(fence, 1))?.softTtlMs, 700);
});

test('a value that may be due when it is heard is looked up instead', async () => {
  const clock = new HandClock();
  const { watch, fence } = await heardLate('due', clock, new StoreClock(clock));
  await clock.advance(1300);
  assert.equal(await within(SOON_MS, 'the wake-up', watch.filled(fence, LINGER_MS)), undefined);
});
