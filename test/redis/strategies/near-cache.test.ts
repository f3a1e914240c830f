import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keysOf } from '../../../backends/redis/keys.ts';
import { nearCache } from '../../../strategies/near-cache.ts';
import { type Fleet, startFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 100;

test('a hit near by asks Redis nothing', async (t) => {
  const fleet = await nearFleet(t);
  const before = await commands(fleet);
  for (const { served, entry } of await Promise.all(herd(fleet, 'k', CALLERS))) {
    assert.deepEqual([served, entry.version], ['hit', 1]);
    assert.ok(entry.softTtlMs <= fleet.settings.ttlMs);
  }
  // This look at the count is a command itself.
  assert.equal((await commands(fleet)) - before, 1);
});

test('an invalidation drops the copies of every replica, in the time of a message', async (t) => {
  const fleet = await nearFleet(t);
  await fleet.cache.invalidate('k');
  for (const replica of fleet.replicas.keys())
    await until(
      `replica ${replica} to hear of it`,
      async () => (await get(fleet, replica, 'k')).entry.version > 1,
      1000,
    );
  assert.equal(fleet.origin.calls.length, 2);
});

test('a lost connection drops the copies: what it would have told of is missed', async (t) => {
  const fleet = await nearFleet(t);
  await fleet.outside.client
    .multi()
    .call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    // By hand, and told to nobody: only a copy kept could be served now.
    .del(keysOf('k').entry)
    .exec();
  for (const replica of fleet.replicas.keys())
    await until(
      `replica ${replica} to look for itself`,
      async () => (await get(fleet, replica, 'k')).entry.version > 1,
      1000,
    );
});

test('once it is connected again copies are kept again, and dropped again', async (t) => {
  const fleet = await nearFleet(t);
  await fleet.outside.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until('the subscriptions to be back', async () => {
    const [, count] = (await fleet.outside.client.pubsub('NUMSUB', keysOf('k').channel)) as [string, number];
    return count === fleet.settings.replicas;
  });
  await untilKept(fleet);
  await fleet.cache.invalidate('k');
  for (const replica of fleet.replicas.keys())
    await until('it to hear', async () => (await get(fleet, replica, 'k')).entry.version > 1, 1000);
});

test('a copy is not served past the TTL of the value it is of', async (t) => {
  const ttlMs = 300;
  const fleet = await startFleet(nearCache, { ttlMs });
  t.after(fleet.close);
  await get(fleet, 0, 'k');
  const storedBy = performance.now();
  let first = 0;
  await within(
    SOON_MS,
    'the next value',
    (async () => {
      for (;;) {
        const sentAt = performance.now();
        const { entry } = await get(fleet, 1, 'k');
        if (entry.version > 1) return;
        first += 1;
        // Redis counts whole milliseconds.
        assert.ok(sentAt < storedBy + ttlMs + 1, `${sentAt - storedBy} ms after it was stored`);
      }
    })(),
  );
  assert.ok(first > 2, 'it was served from its copy before');
});

/** A fleet in which every replica keeps a copy of version 1, with a minute to live. */
async function nearFleet(t: TestContext): Promise<Fleet> {
  const fleet = await startFleet(nearCache);
  t.after(fleet.close);
  await untilKept(fleet);
  return fleet;
}

const untilKept = (fleet: Fleet) =>
  until('a copy in each replica', async () => {
    const before = await commands(fleet);
    await Promise.all(herd(fleet, 'k', fleet.settings.replicas));
    return (await commands(fleet)) - before === 1;
  });

/** Commands of Redis so far, scripts counted as one. */
async function commands(fleet: Fleet): Promise<number> {
  const stats = await fleet.outside.client.info('commandstats');
  const calls = /cmdstat_(?:evalsha|eval|info):calls=(\d+)/g;
  return [...stats.matchAll(calls)].reduce((sum, [, count]) => sum + Number(count), 0);
}
