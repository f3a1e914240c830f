import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { seededRandom } from '../../../services/shared/random.ts';
import type { MakeLeaseStage } from '../../suites/lease/stage.ts';
import { leaseContract } from '../../suites/lease-contract.ts';
import { granted, made } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import { until } from '../../support/within.ts';

const DEFAULTS = { leaseMs: 2000, rememberFailuresMs: 2000, ttlMs: 60_000, graceMs: 60_000 };

const makeStage: MakeLeaseStage = async (given = {}) => {
  const settings = { ...DEFAULTS, ...given };
  const server = await startRedis();
  const connect = (name: string) => connectRedis({ url: server.url }, { name, commandTimeoutMs: 1000 });
  const outside = connect('outside');
  const processes = ['one', 'other'].map((holder, index) => {
    const [redis, subscriber] = [connect(holder), connect(`${holder}-wakeups`)];
    const wakeups = redisWakeups<string>(subscriber, systemClock);
    const lease = redisLease(redis, wakeups, { ...settings, holder, random: seededRandom(index) });
    return { lease, connections: [redis, subscriber] };
  });
  const connections = [outside, ...processes.flatMap((process) => process.connections)];
  await Promise.all(
    connections.map((redis) => until('a connection', () => redis.client.ping().catch(() => false))),
  );
  const [one, other] = processes;
  if (!one || !other) throw new Error('two processes were asked for');

  return {
    lease: one.lease,
    other: other.lease,
    cache: redisCache<string>(outside, settings),
    async forgetFences(key) {
      await outside.client.del(keysOf(key).fence);
    },
    async cutListeners() {
      await outside.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    async listening(key) {
      const [, subscribers] = (await outside.client.pubsub('NUMSUB', keysOf(key).channel)) as [
        string,
        number,
      ];
      return Number(subscribers) > 0;
    },
    async close() {
      for (const redis of connections) redis.close();
      await server.stop();
    },
  };
};

leaseContract('redis-lease', makeStage);

// During a failover two primaries may each mint a fence in the same millisecond.
test('a fence that somebody else holds too is good for the holder only', async (t) => {
  const stage = await makeStage();
  t.after(stage.close);
  const grant = await granted(stage.lease, 'k');
  const twin = { ...grant, token: 'granted elsewhere' };
  assert.equal((await stage.cache.commit('k', made(1), { grant: twin })).outcome, 'fenced');
  assert.equal(await stage.lease.renew('k', grant), true);
  assert.equal((await stage.cache.commit('k', made(2), { grant })).outcome, 'accepted');
  assert.equal((await stage.cache.commit('k', made(1), { grant: twin })).outcome, 'fenced');
});
