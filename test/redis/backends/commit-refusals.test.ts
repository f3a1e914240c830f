import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const TERM_MS = 60_000;
const { entry, lease, fence, failure, channel } = keysOf('k');

let server: RedisServer;
let redis: IoRedisPort;

before(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url }, { name: 'commands', commandTimeoutMs: 5000 });
  await until('a connection', () => redis.client.ping().catch(() => false));
});
after(async () => {
  redis.close();
  await server.stop();
});
beforeEach(() => redis.client.flushall());

/** The fence of a new grant. */
async function acquire(token: string): Promise<number> {
  const [kind, granted] = await redis.run(
    'acquire',
    [entry, lease, fence, failure],
    [token, TERM_MS, TERM_MS, ''],
  );
  assert.equal(kind, 'granted');
  return Number(granted);
}

/** Whether a commit is accepted, and the last elements of its reply: a fence, and a refusal. */
async function commit(token: string, granted: number) {
  const made = ['"value"', 1, 1_700_000_000_000, 12.5];
  const args = [token, granted, channel, TERM_MS, TERM_MS, ...made, TERM_MS];
  const [accepted, , , ...rest] = await redis.run('commit', [entry, lease, fence, failure], args);
  return [accepted, ...rest];
}

test('a commit that is accepted names the fence of the entry and no refusal', async () => {
  const granted = await acquire('one');
  assert.deepEqual(await commit('one', granted), [1, `${granted}`]);
});

test('a commit after a newer grant is refused as fence-not-newest', async () => {
  const late = await acquire('late');
  await redis.client.del(lease);
  const newest = await acquire('newer');
  assert.deepEqual(await commit('late', late), [0, `${newest}`, 'fence-not-newest']);
});

test('so is a commit to a store that lost its memory', async () => {
  const granted = await acquire('one');
  await redis.client.flushall();
  assert.deepEqual(await commit('one', granted), [0, '0', 'fence-not-newest']);
});

test('so is a second commit under one fence, also when the value of the first is gone', async () => {
  const granted = await acquire('one');
  await commit('one', granted);
  const newest = await redis.client.hget(fence, 'fence');
  assert.ok(Number(newest) > granted);
  assert.deepEqual(await commit('one', granted), [0, newest, 'fence-not-newest']);
  await redis.client.del(entry);
  assert.deepEqual(await commit('one', granted), [0, newest, 'fence-not-newest']);
});

test('a commit under a fence whose lease somebody else holds is refused as held-by-another', async () => {
  const granted = await acquire('one');
  assert.deepEqual(await commit('other', granted), [0, `${granted}`, 'held-by-another']);
  assert.equal(await redis.client.get(lease), 'one');
});
