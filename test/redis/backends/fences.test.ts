import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { FENCE_MARGIN_MS, redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import type { Cache } from '../../../strategies/contract/index.ts';
import { granted, made } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const TTL_MS = 60_000;
const { entry, fence } = keysOf('k');

let server: RedisServer;
let redis: IoRedisPort;
let cache: Cache<string>;

before(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url }, { name: 'commands', commandTimeoutMs: 5000 });
  await until('a connection', () => redis.client.ping().catch(() => false));
  cache = cacheFor(TTL_MS);
});
after(async () => {
  redis.close();
  await server.stop();
});
beforeEach(() => redis.client.flushall());

const cacheFor = (ttlMs: number) => redisCache<string>(redis, { ttlMs, graceMs: 0 });
const lease = () =>
  redisLease<string>(
    redis,
    { watch: () => Promise.reject(new Error('nobody waits here')) },
    { leaseMs: TTL_MS, holder: 'r0', rememberFailuresMs: TTL_MS, random: Math.random },
  );
const leftMs = (key: string) => redis.client.pttl(key);

describe('a look that finds no fence', () => {
  it('mints one, which the next look finds', async () => {
    const seen = await cache.read('k');
    assert.ok(seen.fence >= Math.floor(seen.atStoreMs));
    assert.equal((await cache.read('k')).fence, seen.fence);
  });

  it('keeps it long enough for a recompute, and not for ever', async () => {
    await cache.read('k');
    const left = await leftMs(fence);
    assert.ok(left > FENCE_MARGIN_MS - 60_000 && left <= FENCE_MARGIN_MS, `${left} ms`);
  });

  it('keeps the version beside it', async () => {
    await cache.commit('k', made(7), 'always');
    assert.ok((await cache.read('k')).fence > 0);
    assert.equal((await cache.read('k')).newestVersion, 7);
  });

  it('replaces what is no fence', async () => {
    await redis.client.set(fence, 'garbage');
    const { fence: seenFence } = await cache.read('k');
    assert.equal((await cache.commit('k', made(7), { seenFence })).outcome, 'accepted');
  });

  it('lets nobody write who looked before the store lost its memory', async () => {
    const early = await cache.read('k');
    await redis.client.flushall();
    const { outcome } = await cache.commit('k', made(1), { seenFence: early.fence });
    assert.equal(outcome, 'fenced');
  });
});

describe('a write without a lease', () => {
  const HAPPENS: Record<string, () => Promise<unknown>> = {
    'is stored': async () => {},
    'is stored and forgotten': () => redis.client.del(entry),
  };

  for (const [what, happens] of Object.entries(HAPPENS))
    it(`is refused if a holder's value ${what} since its writer looked`, async () => {
      const grant = await granted(lease(), 'k');
      const { fence: seenFence } = await cache.read('k');
      assert.equal((await cache.commit('k', made(5), { grant })).outcome, 'accepted');
      await happens();
      assert.equal((await cache.commit('k', made(4), { seenFence })).outcome, 'fenced');
      assert.notEqual((await cache.read('k')).entry?.version, 4);
    });

  it("is accepted if the holder's value was there when its writer looked", async () => {
    await cache.commit('k', made(5), { grant: await granted(lease(), 'k') });
    const { fence: seenFence } = await cache.read('k');
    assert.equal((await cache.commit('k', made(6), { seenFence })).outcome, 'accepted');
  });
});

describe('a store that refuses writes', () => {
  const REFUSALS: Record<string, readonly [refuse: string[], allow: string[]]> = {
    'for want of replicas': [
      ['CONFIG', 'SET', 'min-replicas-to-write', '1'],
      ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
    ],
    'for want of memory': [
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['CONFIG', 'SET', 'maxmemory', '0'],
    ],
    'as a replica': [
      ['REPLICAOF', '127.0.0.1', '1'],
      ['REPLICAOF', 'NO', 'ONE'],
    ],
  };
  const ask = ([command = '', ...args]: readonly string[]) => redis.client.call(command, ...args);

  for (const [why, [refuse, allow]] of Object.entries(REFUSALS))
    it(`${why} is read all the same, and nothing is written under no fence`, async (t) => {
      await cache.commit('k', made(7), 'always');
      await ask(refuse);
      t.after(() => ask(allow));
      const { fence: seenFence, entry: found } = await cache.read('k');
      assert.equal(seenFence, 0);
      assert.equal(found?.version, 7);
      await ask(allow);
      assert.equal((await cache.commit('k', made(8), { seenFence })).outcome, 'fenced');
      assert.equal((await cache.read('k')).entry?.version, 7);
    });
});

describe('a fence outlives the entry', () => {
  const LONG_MS = 30 * 24 * 60 * 60 * 1000;
  const WRITES: Record<string, (cache: Cache<string>) => Promise<unknown>> = {
    'under a grant': async (cache) => cache.commit('k', made(1), { grant: await granted(lease(), 'k') }),
    'under a fence that was seen': async (cache) =>
      cache.commit('k', made(1), { seenFence: (await cache.read('k')).fence }),
    'without a condition': (cache) => cache.commit('k', made(1), 'always'),
  };
  const SHORTER: Record<string, () => Promise<unknown>> = {
    'a look': () => cache.read('k'),
    'a grant': () => lease().acquire('k', Number.MAX_SAFE_INTEGER),
    'a write with a shorter TTL': async () =>
      cache.commit('k', made(2), { seenFence: (await cache.read('k')).fence }),
    'a plain write with a shorter TTL': () => cache.commit('k', made(2), 'always'),
  };

  for (const [how, write] of Object.entries(WRITES)) {
    it(`that was written ${how}, however long that lasts`, async () => {
      await write(cacheFor(LONG_MS));
      const [entryMs, fenceMs] = [await leftMs(entry), await leftMs(fence)];
      assert.ok(entryMs > LONG_MS - 60_000 && fenceMs > entryMs, `${fenceMs} ms after ${entryMs} ms`);
    });

    for (const [what, happens] of Object.entries(SHORTER))
      it(`that was written ${how}, after ${what} as well`, async () => {
        await write(cacheFor(LONG_MS));
        await happens();
        assert.ok((await leftMs(fence)) > LONG_MS, `${await leftMs(fence)} ms`);
      });
  }

  it('after an invalidation as well', async () => {
    await cacheFor(LONG_MS).commit('k', made(1), 'always');
    await cache.invalidate('k');
    assert.ok((await leftMs(fence)) > LONG_MS);
  });
});
