import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MOST_IN_DEMAND, redisDemand } from '../../../backends/redis/demand.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { DEMAND } from '../../../backends/redis/keys.ts';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { refreshAhead } from '../../../strategies/refresh-ahead.ts';
import { type Fleet, startFleet } from '../../support/fleet.ts';
import { get } from '../../support/herd.ts';
import { startRedis } from '../../support/redis-server.ts';
import { until } from '../../support/within.ts';

/** The store's demand, and a look at Redis from outside. */
async function demandOn(t: TestContext) {
  const server = await startRedis();
  const redis = connectRedis({ url: server.url }, { name: 'demand', commandTimeoutMs: 500 });
  t.after(async () => {
    redis.close();
    await server.stop();
  });
  await until('a connection', () => redis.client.ping().catch(() => false));
  return { redis, server, demand: redisDemand(redis) };
}

test('a key is in demand until its time is over, by the clock of Redis, and each note begins it anew', async (t) => {
  const { redis, demand } = await demandOn(t);
  assert.deepEqual(await demand.wanted(), []);
  await demand.note(['brief', 'kept'], 400);
  assert.deepEqual((await demand.wanted()).toSorted(), ['brief', 'kept']);
  await demand.note(['kept'], 60_000);
  await until('the end of the brief one', async () => (await demand.wanted()).length === 1);
  assert.deepEqual(await demand.wanted(), ['kept']);
  const [[seconds = 0] = [], ends] = [await redis.client.time(), await redis.client.zscore(DEMAND, 'kept')];
  assert.ok(Math.abs(Number(ends) - Number(seconds) * 1000 - 60_000) < 2000, `${ends}`);
});

test('keys that are in demand no more are forgotten, and the last of them with the whole', async (t) => {
  const { redis, demand } = await demandOn(t);
  await demand.note(['old'], 1);
  await until('its end', async () => (await demand.wanted()).length === 0);
  await demand.note(['new'], 400);
  assert.deepEqual(await redis.client.zrange(DEMAND, '0', '-1'), ['new']);
  await until('nothing left', async () => (await redis.client.exists(DEMAND)) === 0);
});

test('of a flood of keys ten thousand are in demand: those noted last', async (t) => {
  const { redis, demand } = await demandOn(t);
  for (let batch = 0; batch < 25; batch++) {
    const keys = Array.from({ length: 500 }, (_, index) => `k${500 * batch + index}`);
    // Each ends later than the one before, whatever the clock's resolution.
    await demand.note(keys, 60_000 + 10 * batch);
  }
  assert.equal(await redis.client.zcard(DEMAND), MOST_IN_DEMAND);
  const wanted = new Set(await demand.wanted());
  assert.deepEqual(
    [wanted.size, wanted.has('k2499'), wanted.has('k2500'), wanted.has('k12499')],
    [10_000, false, true, true],
  );
});

test('a store that is gone is said to be unavailable', async (t) => {
  const { server, demand } = await demandOn(t);
  await server.kill();
  await assert.rejects(demand.wanted(), StoreUnavailable);
  await assert.rejects(demand.note(['k'], 40), StoreUnavailable);
});

test('what nobody asks for is not recomputed, and what is asked for never waits after its first fill', async (t) => {
  const fleet = await startFleet(refreshAhead, { ttlMs: 100 });
  t.after(fleet.close);
  await get(fleet, 0, 'left');
  await get(fleet, 0, 'asked-for');
  let asked = 0;
  await until('five lives of a value', async () => {
    const { served } = await get(fleet, ++asked, 'asked-for');
    assert.ok(served === 'hit' || served === 'stale', served);
    return ((await versionOf(fleet, 'asked-for')) ?? 0) > 5;
  });
  assert.equal(fleet.origin.callsFor('left').length, 1);
});

test('once nobody asks any more, the value is left to grow stale', async (t) => {
  const fleet = await startFleet(refreshAhead, { ttlMs: 100 });
  t.after(fleet.close);
  await until('a refresh', async () => (await get(fleet, 0, 'k')).entry.version > 1);
  const demand = redisDemand(fleet.outside);
  await until('the end of its demand', async () => (await demand.wanted()).length === 0);
  // A tick that still saw it has begun its recompute long before the value is due again.
  await until('the end of the value', async () => ((await fleet.cache.read('k')).entry?.softTtlMs ?? 0) <= 0);
  const { length } = fleet.origin.calls;
  await until('its being long due', async () => ((await fleet.cache.read('k')).entry?.softTtlMs ?? 0) < -100);
  assert.equal(fleet.origin.calls.length, length);
});

test('two refreshers recompute what is due once, though the recompute outlasts many intervals', async (t) => {
  const fleet = await startFleet(refreshAhead, { ttlMs: 200, leaseMs: 1500 });
  t.after(fleet.close);
  await get(fleet, 0, 'k');
  fleet.origin.hold();
  await until('the refresh', async () => {
    await get(fleet, 0, 'k');
    return fleet.origin.calls.length === 2;
  });
  const { atStoreMs: at } = await fleet.cache.read('k');
  await until('two leases, and many ticks', async () => {
    await get(fleet, 0, 'k');
    return (await fleet.cache.read('k')).atStoreMs > at + 2 * fleet.settings.leaseMs;
  });
  assert.equal(fleet.origin.calls.length, 2);
  fleet.origin.letGo();
  await until('the new value', async () => ((await versionOf(fleet, 'k')) ?? 0) >= 2);
});

const versionOf = async (fleet: Fleet, key: string) => (await fleet.cache.read(key)).entry?.version;
