import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { StoreRefused, StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

let server: RedisServer;
let redis: IoRedisPort;

before(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url }, { name: 'test', commandTimeoutMs: 500 });
  await connected();
});
after(async () => {
  redis.close();
  await server.stop();
});

const connected = () => until('a connection', () => redis.client.ping().catch(() => false));

test('a value of any shape comes back as it was stored', async () => {
  const cache = redisCache<unknown>(redis, { ttlMs: 1000, graceMs: 0 });
  for (const value of [null, false, 0, '', 'käse "/" 🧀 \u2028', ['\ud800'], { a: [1.5, { b: null }] }]) {
    await cache.commit('k', { value, version: 1, computedWallMs: 1, recomputeMs: 0.25 }, 'always');
    const { entry } = await cache.read('k');
    assert.deepEqual(entry?.value, value);
    assert.equal(entry?.recomputeMs, 0.25);
  }
});

const cache = () => redisCache<string>(redis, { ttlMs: 60_000, graceMs: 0 });
const written = { value: 'v', version: 1, computedWallMs: 1, recomputeMs: 1 };
const unavailable = (reason: string) => (error: unknown) =>
  error instanceof StoreUnavailable && error.reason === reason && error.cause instanceof Error;

test('a mistake in a command is a mistake, not an outage', async () => {
  await redis.client.set(keysOf('wrong').failure, 'not a hash');
  await assert.rejects(
    redis.run('fail', [keysOf('wrong').failure, keysOf('wrong').failure], [1, 2, 3]),
    (error: Error) => error instanceof StoreRefused && /WRONGTYPE/.test(error.message),
  );
});

test('a server that says it cannot serve now is an outage, and says so', async () => {
  await redis.client.config('SET', 'maxmemory', '1');
  await assert.rejects(cache().commit('k', written, 'always'), unavailable('cannot-serve'));
  await redis.client.config('SET', 'maxmemory', '0');
});

test('a server that does not answer is an outage after the command’s time, and no longer', async () => {
  await server.freeze();
  await within(SOON_MS, 'giving up', assert.rejects(cache().read('k'), unavailable('late')));
  await server.thaw();
  await connected();
});

test('without a connection a command fails at once, and none is sent later', async () => {
  await server.kill();
  await until('the loss to be noticed', () => !redis.connected);
  const since = performance.now();
  await assert.rejects(cache().commit('sent', written, 'always'), unavailable('disconnected'));
  assert.ok(performance.now() - since < 400);
  await server.restart();
  await connected();
  assert.equal((await cache().read('sent')).entry, undefined);
});

test('a connection tells when it is there, when it is lost, and which server it is with', async (t) => {
  const told: string[] = [];
  const other = connectRedis({ url: server.url }, { name: 'other', commandTimeoutMs: 500, identify: true });
  t.after(() => other.close());
  other.onConnection((event) => told.push(event.kind === 'identified' ? event.server : event.kind));
  await until('its first server', () => told.length === 2);
  await server.kill();
  await until('the loss', () => told.includes('lost'));
  await server.restart();
  await until(
    'its second server',
    () =>
      told.filter((kind) => kind === 'ready').length === 2 && !['ready', 'lost'].includes(told.at(-1) ?? ''),
  );
  await connected();
  const [, first] = told;
  assert.match(first ?? '', /^[0-9a-f]{40}$/);
  assert.notEqual(told.at(-1), first);
});

test('the scripts work on a server that has never seen them', async () => {
  await redis.client.script('FLUSH');
  const reading = await redisCache(redis, { ttlMs: 1, graceMs: 0 }).read('never written');
  assert.equal(reading.entry, undefined);
});
