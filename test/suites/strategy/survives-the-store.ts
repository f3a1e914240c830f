import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../../backends/redis/keys.ts';
import { OriginFailed, Overloaded } from '../../../strategies/contract/errors.ts';
import { type Definition, isStored } from '../../../strategies/contract/index.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 20;
const BACKOFF_MS = 100;

/** A store that is gone, hangs, or comes back empty. */
export function survivesTheStore(definition: Definition, makeFleet: MakeFleet): void {
  test('without the store everyone is served, at one recompute a replica', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    await get(fleet, 0, 'k');
    await fleet.redis.kill();
    fleet.origin.hold();
    const answers = herd(fleet, 'k', CALLERS);
    await until('each replica to ask', () => fleet.origin.calls.length === 1 + fleet.settings.replicas);
    fleet.origin.letGo();
    for (const { entry } of await within(SOON_MS, 'answers', Promise.all(answers))) {
      assert.match(entry.value, /^k@/);
      assert.ok(!isStored(entry));
    }
    assert.equal(fleet.origin.mostAtOnce, 1);
  });

  test('without the store a replica recomputes no more keys at once than its cap', async (t) => {
    const fleet = await makeFleet(definition, { replicas: 1 });
    t.after(fleet.close);
    await fleet.redis.kill();
    fleet.origin.hold();
    const capped = Array.from({ length: fleet.options.recomputeCap }, (_, index) =>
      get(fleet, 0, `k${index}`),
    );
    await until('the cap', () => fleet.origin.calls.length === fleet.options.recomputeCap);
    await within(SOON_MS, 'the refusal', assert.rejects(get(fleet, 0, 'one-more'), Overloaded));
    fleet.origin.letGo();
    await within(SOON_MS, 'answers', Promise.all(capped));
    assert.match((await get(fleet, 0, 'one-more')).entry.value, /^one-more@/);
  });

  test('without the store a replica calls a failing origin once per key and back-off', async (t) => {
    const fleet = await makeFleet(definition, { replicas: 1, options: { backoffMs: BACKOFF_MS } });
    t.after(fleet.close);
    await fleet.redis.kill();
    fleet.origin.failing = true;
    await until('three calls', async () => {
      for (const outcome of await Promise.allSettled(herd(fleet, 'k', CALLERS)))
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof OriginFailed);
      return fleet.origin.calls.length >= 3;
    });
    for (const [index, { at }] of fleet.origin.calls.entries()) {
      const pauseMs = at - (fleet.origin.calls[index - 1]?.at ?? Number.NEGATIVE_INFINITY);
      assert.ok(pauseMs >= BACKOFF_MS - 1, `${pauseMs} ms after the last call`);
    }
    // Another key is another call; and when the origin is back, so is the key, after its back-off at the latest.
    await assert.rejects(get(fleet, 0, 'other'), OriginFailed);
    assert.equal(fleet.origin.callsFor('other').length, 1);
    fleet.origin.failing = false;
    await until('a value', () =>
      get(fleet, 0, 'k').then(
        ({ entry }) => entry.value.startsWith('k@'),
        () => false,
      ),
    );
  });

  test('a store that hangs is a store that is gone', async (t) => {
    const fleet = await makeFleet(definition, { commandTimeoutMs: 60 });
    t.after(fleet.close);
    await fleet.redis.freeze();
    t.after(() => fleet.redis.thaw());
    for (const { entry } of await within(SOON_MS, 'answers', Promise.all(herd(fleet, 'k', CALLERS))))
      assert.ok(!isStored(entry));
    assert.equal(fleet.origin.mostAtOnce, 1);
  });

  test('a value made while the store was gone is never written to it', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    await fleet.redis.kill();
    fleet.origin.hold();
    const answers = herd(fleet, 'k', fleet.settings.replicas);
    await until('each replica to ask', () => fleet.origin.calls.length === fleet.settings.replicas);
    await fleet.restartRedis();
    fleet.origin.letGo();
    await within(SOON_MS, 'answers', Promise.all(answers));
    assert.equal(await fleet.outside.client.exists(keysOf('k').entry), 0);
  });

  test('when the store is back, empty, the fleet uses it as before', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    await get(fleet, 0, 'before');
    await fleet.redis.kill();
    const degraded = await Promise.all(herd(fleet, 'before', fleet.settings.replicas));
    await fleet.restartRedis();
    await until('every replica to store again', () => everyReplicaStores(fleet));
    const { entry } = await fleet.cache.read('before');
    assert.ok(entry && degraded.every((answer) => answer.entry.version < entry.version));
    if (definition.claim.fenced) assert.ok(entry.fence > 0);
    fleet.origin.hold();
    const answers = herd(fleet, 'after', CALLERS);
    await until('the origin to be asked', () => fleet.origin.callsFor('after').length > 0);
    fleet.origin.letGo();
    for (const answer of await within(SOON_MS, 'answers', Promise.all(answers)))
      assert.ok(isStored(answer.entry));
    if (definition.claim.fenced) assert.equal(fleet.origin.callsFor('after').length, 1);
  });
}

const everyReplicaStores = async (fleet: Fleet) =>
  (await Promise.all(herd(fleet, 'before', fleet.settings.replicas))).every(({ entry }) => isStored(entry));
