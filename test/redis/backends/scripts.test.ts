import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import type { Wakeups } from '../../../backends/redis/wakeups.ts';
import { startRedis } from '../../support/redis-server.ts';
import { ScriptsModel } from '../../support/scripts-model.ts';
import { anyOperation, KEY, type Operation, type Stage, TTL_MS } from '../../support/scripts-operations.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const { lease: leaseKey, failure, channel } = keysOf(KEY);

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
  const { entry, fence } = await cache.read(KEY);
  const kept = {
    fence,
    entry: entry && { version: entry.version, fence: entry.fence, due: entry.softTtlMs <= 0 },
    lease: (await redis.client.get(leaseKey)) ?? undefined,
    failures: Number((await redis.client.hget(failure, 'failures')) ?? 0),
  };
  assert.deepEqual(kept, {
    fence: model.fence,
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
