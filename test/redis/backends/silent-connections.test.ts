import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { type MutedRedis, startMutedRedis } from '../../support/muted-redis.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { SOON_MS, until } from '../../support/within.ts';

/** More than a busy machine takes for a command. */
const TIMEOUT_MS = 300;

let server: RedisServer;
let outside: IoRedisPort;

before(async () => {
  server = await startRedis();
  outside = connectRedis({ url: server.url }, { name: 'outside', commandTimeoutMs: 1000 });
  await until('a connection', () => outside.client.ping().catch(() => false));
});
after(async () => {
  outside.close();
  await server.stop();
});

/** A connection over a way that can forget it. */
async function connected({
  heartbeatMs,
  commandTimeoutMs = TIMEOUT_MS,
}: {
  readonly heartbeatMs?: number;
  readonly commandTimeoutMs?: number;
} = {}): Promise<{ way: MutedRedis; port: IoRedisPort }> {
  const way = await startMutedRedis(server.url);
  const port = connectRedis(
    { url: way.url },
    { name: 'silent', commandTimeoutMs, ...(heartbeatMs !== undefined && { heartbeatMs }) },
  );
  await until('a connection', () => port.client.ping().catch(() => false));
  return { way, port };
}

test('a connection that is silent for three commands in a row is replaced', async (t) => {
  const { way, port } = await connected();
  t.after(async () => {
    port.close();
    await way.close();
  });
  const cache = redisCache<string>(port, { ttlMs: 1000, graceMs: 0 });
  way.forgetConnections();
  for (let command = 0; command < 2; command++) await assert.rejects(cache.read('k'), StoreUnavailable);
  assert.equal(way.connections, 1, 'two late answers may be chance');
  await assert.rejects(cache.read('k'), StoreUnavailable);
  await until('a new connection', () =>
    cache.read('k').then(
      () => true,
      () => false,
    ),
  );
  assert.equal(way.connections, 2);
});

test('late answers that are not in a row replace nothing', async (t) => {
  const { way, port } = await connected();
  t.after(async () => {
    await server.thaw();
    port.close();
    await way.close();
  });
  const cache = redisCache<string>(port, { ttlMs: 1000, graceMs: 0 });
  for (let round = 0; round < 4; round++) {
    await server.freeze();
    await assert.rejects(cache.read('k'), StoreUnavailable);
    await server.thaw();
    await until('an answer', () =>
      cache.read('k').then(
        () => true,
        () => false,
      ),
    );
  }
  assert.equal(way.connections, 1);
});

test('a process that stalled does not take its own silence for that of the connection', async (t) => {
  const port = connectRedis(
    { url: server.url },
    { name: 'stalls', commandTimeoutMs: TIMEOUT_MS, heartbeatMs: 20 },
  );
  t.after(() => port.close());
  await until('a connection', () => port.client.ping().catch(() => false));
  const cache = redisCache<string>(port, { ttlMs: 1000, graceMs: 0 });
  const id = await port.client.client('ID');
  for (let round = 0; round < 3; round++) {
    const reads = Promise.allSettled(Array.from({ length: 5 }, () => cache.read('k')));
    const until = performance.now() + 2 * TIMEOUT_MS;
    while (performance.now() < until);
    assert.ok(
      (await reads).some(({ status }) => status === 'rejected'),
      'it stalled for too short a time',
    );
  }
  await cache.read('k');
  assert.equal(await port.client.client('ID'), id);
});

test('a wake-up connection that went silent is noticed by its heartbeat, and hears again', async (t) => {
  const { way, port } = await connected({ heartbeatMs: 20 });
  t.after(async () => {
    port.close();
    await way.close();
  });
  let told = 0;
  const following = await redisWakeups<string>(port, new HandClock()).follow('k', () => {
    told += 1;
  });
  assert.ok(following.live);
  way.forgetConnections();
  await until('the silence to be noticed', () => !following.live);
  await until('a live connection', () => following.live);
  const before = told;
  await outside.publish(keysOf('k').channel, '{"released":true}');
  await until('the message', () => told > before);
});

test('after a reconnect thousands of channels are subscribed to in batches', async (t) => {
  const { way, port } = await connected({ commandTimeoutMs: SOON_MS });
  t.after(async () => {
    port.close();
    await way.close();
  });
  const wakeups = redisWakeups<string>(port, new HandClock());
  const keys = Array.from({ length: 250 }, (_, index) => `k${index}`);
  const followings = await Promise.all(keys.map((key) => wakeups.follow(key, () => {})));
  const commandsOf = async () => {
    const stats = await outside.client.info('commandstats');
    return Number(/cmdstat_subscribe:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  const before = await commandsOf();
  port.client.disconnect(true);
  await until('the loss', () => followings.every(({ live }) => !live));
  await until('every channel', () => followings.every(({ live }) => live));
  assert.equal((await commandsOf()) - before, 3);
});
