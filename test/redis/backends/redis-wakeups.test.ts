import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until, within } from '../../support/within.ts';

/** How long a subscription outlives its last watch. */
const LINGER_MS = 60_000;

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
  assert.equal(await within(1000, 'the wake-up', woken), undefined);
});

test('a message that is not ours wakes the waiter to look, and does no harm', async () => {
  const wakeups = redisWakeups<string>(subscriber, new HandClock());
  const woken = (await wakeups.watch('foreign')).filled(0, LINGER_MS);
  await outside.publish(keysOf('foreign').channel, 'not JSON');
  assert.equal(await within(1000, 'the wake-up', woken), undefined);
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
  const own = connectRedis({ url: server.url }, { name: 'deaf', commandTimeoutMs: 60 });
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
