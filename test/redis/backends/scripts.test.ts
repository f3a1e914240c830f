import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { FENCE_MARGIN_MS, redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import type { Wakeups } from '../../../backends/redis/wakeups.ts';
import { fill, granted, made } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import { ScriptsModel } from '../../support/scripts-model.ts';
import { anyOperation, KEY, type Operation, type Stage, TTL_MS } from '../../support/scripts-operations.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const { entry: entryKey, lease: leaseKey, fence: fenceKey, failure, channel } = keysOf(KEY);

let server: RedisServer;
let redis: IoRedisPort;
let subscriber: IoRedisPort;
let heard: string[] = [];

before(async () => {
  server = await startRedis();
  [redis, subscriber] = ['commands', 'wake-ups'].map((name) =>
    connectRedis({ url: server.url }, { name, commandTimeoutMs: 5000 }),
  ) as [IoRedisPort, IoRedisPort];
  for (const each of [redis, subscriber])
    await until('a connection', () => each.client.ping().catch(() => false));
  subscriber.client.on('message', (_, message: string) => heard.push(message));
  await subscriber.subscribe(channel);
});
after(async () => {
  redis.close();
  subscriber.close();
  await server.stop();
});

test('whatever is done in whatever order, the scripts do what their model does', () =>
  fc.assert(
    fc.asyncProperty(fc.array(anyOperation, { maxLength: 60, size: 'max' }), async (operations) => {
      const stage = await emptyStage();
      const done: string[] = [];
      try {
        for (const operation of operations) await doAndCompare(operation, stage, done);
        await subscriber.client.ping();
        assert.deepEqual(heard.map(published), stage.model.published);
      } catch (error) {
        throw new Error(`${(error as Error).message}, after:\n${done.join('\n')}`, { cause: error });
      }
    }),
    { numRuns: Number(process.env.INTERLEAVINGS ?? 100) },
  ));

/** The newest version, as a look and as a grant have it. */
async function newestVersions({ cache, lease, redis }: Stage): Promise<number[]> {
  const { newestVersion } = await cache.read(KEY);
  await redis.client.del(leaseKey);
  const { replaces } = await granted(lease, KEY, Number.MAX_SAFE_INTEGER);
  return [newestVersion, replaces];
}

test('the newest version ever committed outlives the value, an invalidation, a refused and an older write', async () => {
  const stage = await emptyStage();
  const { cache, lease } = stage;
  assert.deepEqual(await newestVersions(stage), [0, 0]);
  await redis.client.del(leaseKey);
  await fill(lease, cache, KEY, 7);
  assert.deepEqual(await newestVersions(stage), [7, 7]);
  await redis.client.del(entryKey);
  assert.deepEqual(await newestVersions(stage), [7, 7], 'after its value');
  await cache.invalidate(KEY);
  assert.deepEqual(await newestVersions(stage), [7, 7], 'after an invalidation');
  const { fence } = await cache.read(KEY);
  await cache.commit(KEY, made(8), { seenFence: fence - 1 });
  await cache.commit(KEY, made(9), { grant: { token: 'late', fence: fence - 1, atStoreMs: 0, replaces: 0 } });
  assert.deepEqual(await newestVersions(stage), [7, 7], 'after refused writes');
  await cache.commit(KEY, made(5), 'always');
  assert.deepEqual(await newestVersions(stage), [7, 7], 'after an older write');
  await cache.commit(KEY, made(10), 'always');
  assert.deepEqual(await newestVersions(stage), [10, 10], '10 is newer than 7, though not as a text');
});

test('versions as large as a clock in microseconds are kept exactly', async () => {
  const stage = await emptyStage();
  const version = 1_900_000_000_000_001;
  await stage.cache.commit(KEY, made(version), 'always');
  await stage.cache.commit(KEY, made(version - 1), 'always');
  assert.deepEqual(await newestVersions(stage), [version, version]);
});

test('a write that mints no fence keeps its version as long as a fence', async () => {
  const { cache } = await emptyStage();
  await cache.commit(KEY, made(7), 'always');
  assert.equal(await redis.client.hget(fenceKey, 'fence'), null);
  const leftMs = (await redis.client.pttl(fenceKey)) - 2 * TTL_MS;
  assert.ok(leftMs > FENCE_MARGIN_MS - 60_000 && leftMs <= FENCE_MARGIN_MS, `${leftMs} ms`);
});

async function emptyStage(): Promise<Stage> {
  await redis.client.flushall();
  await subscriber.client.ping();
  heard = [];
  const silent: Pick<Wakeups<string>, 'watch'> = {
    watch: () => Promise.reject(new Error('nobody waits here')),
  };
  return {
    redis,
    cache: redisCache(redis, { ttlMs: TTL_MS, graceMs: TTL_MS }),
    lease: redisLease(redis, silent, {
      leaseMs: TTL_MS,
      holder: 'r0',
      rememberFailuresMs: TTL_MS,
      random: Math.random,
    }),
    model: new ScriptsModel(),
    grants: [],
  };
}

async function doAndCompare(operation: Operation, stage: Stage, done: string[]) {
  done.push(operation.name);
  await operation.run(stage);
  const { cache, model } = stage;
  const { entry, fence, newestVersion } = await cache.read(KEY);
  assert.ok(fence > 0, 'a look mints a fence when none is known');
  model.looked(fence);
  const kept = {
    fence,
    newestVersion,
    entry: entry && { version: entry.version, fence: entry.fence, due: entry.softTtlMs <= 0 },
    lease: (await redis.client.get(leaseKey)) ?? undefined,
    failures: Number((await redis.client.hget(failure, 'failures')) ?? 0),
  };
  assert.deepEqual(kept, {
    fence: model.fence,
    newestVersion: model.newestVersion,
    entry: model.entry,
    lease: model.lease,
    failures: model.failures,
  });
  if (entry) assert.equal(entry.value, `value ${entry.version}`);
}

function published(message: string): number | 'released' {
  const { version, released } = JSON.parse(message) as { version?: string; released?: true };
  return released ? 'released' : Number(version);
}
