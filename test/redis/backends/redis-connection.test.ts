import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import {
  answered,
  connectRedis,
  keysOf,
  type ScriptedRedis,
} from '../../../backends/redis/ioredis/connection.ts';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import { until, within } from '../../support/within.ts';

let server: RedisServer;
let redis: ScriptedRedis;

before(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url }, { name: 'test', commandTimeoutMs: 500 });
  await connected();
});
after(async () => {
  redis.disconnect();
  await server.stop();
});

const connected = () => until('a connection', () => redis.ping().catch(() => false));

test('a value of any shape comes back as it was stored', async () => {
  const cache = redisCache<unknown>(redis, { ttlMs: 1000, graceMs: 0 });
  for (const value of [null, false, 0, '', 'käse "/" 🧀 \u2028', ['\ud800'], { a: [1.5, { b: null }] }]) {
    await cache.commit('k', { value, version: 1, computedAt: 1, recomputeMs: 0.25 }, 'always');
    const { entry } = await cache.read('k');
    assert.deepEqual(entry?.value, value);
    assert.equal(entry?.recomputeMs, 0.25);
  }
});

test('a mistake in a command is a mistake, not an outage', async () => {
  await redis.set(keysOf('wrong').entry, 'not a hash');
  await assert.rejects(
    redisCache(redis, { ttlMs: 1, graceMs: 0 }).read('wrong'),
    (error: Error) => !(error instanceof StoreUnavailable) && /WRONGTYPE/.test(error.message),
  );
});

test('a server that says it cannot serve now is an outage', async () => {
  await redis.config('SET', 'maxmemory', '1');
  await assert.rejects(answered(redis.set('k', 'v')), StoreUnavailable);
  await redis.config('SET', 'maxmemory', '0');
});

test('a server that does not answer is an outage after the command’s time, and no longer', async () => {
  await server.freeze();
  await within(3000, 'giving up', assert.rejects(answered(redis.get('k')), StoreUnavailable));
  await server.thaw();
  await connected();
});

test('without a connection a command fails at once, and none is sent later', async () => {
  await server.kill();
  await until('the loss to be noticed', () => redis.status !== 'ready');
  const since = performance.now();
  await assert.rejects(answered(redis.incr('counted')), StoreUnavailable);
  assert.ok(performance.now() - since < 400);
  await server.restart();
  await connected();
  assert.equal(await redis.get('counted'), null);
});

test('the scripts work on a server that has never seen them', async () => {
  await redis.script('FLUSH');
  const reading = await redisCache(redis, { ttlMs: 1, graceMs: 0 }).read('never written');
  assert.equal(reading.entry, undefined);
});
