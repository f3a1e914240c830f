import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { type Definition, isStored } from '../../../strategies/contract/index.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 20;
const ROUNDS = 10;
/** Redis takes no writes while it has fewer replicas than this. */
const refuseWrites = ({ outside }: Fleet) => outside.client.config('SET', 'min-replicas-to-write', '1');
const takeWrites = ({ outside }: Fleet) => outside.client.config('SET', 'min-replicas-to-write', '0');

/** A store that can be read, and takes no writes: so there is no lease, but there are values. */
export function survivesWithoutLease(definition: Definition, makeFleet: MakeFleet): void {
  test('while the store takes no writes, what it has is served, and one due key costs no other key', async (t) => {
    const fleet = await makeFleet(definition, { ttlMs: 100, graceMs: 60_000 });
    // The server is another test's next.
    t.after(() => takeWrites(fleet));
    t.after(fleet.close);
    const stale = await get(fleet, 0, 'due');
    const fresh = { value: 'fresh@0', version: 1, computedWallMs: 1, recomputeMs: 0 };
    await redisCache<string>(fleet.outside, { ttlMs: 60_000, graceMs: 0 }).commit('fresh', fresh, 'always');
    await refuseWrites(fleet);
    await until('the expiry', async () => ((await fleet.cache.read('due')).entry?.softTtlMs ?? 0) <= 0);
    const before = fleet.origin.calls.length;
    for (let round = 0; round < ROUNDS; round++) {
      const due = await within(SOON_MS, 'the due key', Promise.all(herd(fleet, 'due', CALLERS)));
      const others = await within(SOON_MS, 'the fresh key', Promise.all(herd(fleet, 'fresh', CALLERS)));
      for (const { entry, served } of others) {
        assert.equal(served, 'hit');
        assert.ok(isStored(entry));
      }
      // Whoever needs a lease serves the stale value meanwhile; whoever needs none recomputes.
      if (definition.claim.fenced)
        for (const { entry } of due) assert.equal(entry.version, stale.entry.version);
    }
    assert.equal(fleet.origin.callsFor('fresh').length, 0);
    // Each process recomputes once, and then leaves the key alone, since the value cannot be stored.
    if (definition.claim.fenced)
      assert.ok(fleet.origin.calls.length - before <= ROUNDS * fleet.settings.replicas);
  });

  test('when the store takes writes again, the fleet stores again', async (t) => {
    const fleet = await makeFleet(definition, { ttlMs: 100, graceMs: 60_000 });
    // The server is another test's next.
    t.after(() => takeWrites(fleet));
    t.after(fleet.close);
    const { entry: old } = await get(fleet, 0, 'k');
    await refuseWrites(fleet);
    await until('the expiry', async () => ((await fleet.cache.read('k')).entry?.softTtlMs ?? 0) <= 0);
    await within(SOON_MS, 'answers', Promise.all(herd(fleet, 'k', CALLERS)));
    await takeWrites(fleet);
    await until('a newer value in the store', async () => {
      await get(fleet, 0, 'k');
      return ((await fleet.cache.read('k')).entry?.version ?? 0) > old.version;
    });
  });

  test('a missing key is served while the store takes no writes', async (t) => {
    const fleet = await makeFleet(definition);
    // The server is another test's next.
    t.after(() => takeWrites(fleet));
    t.after(fleet.close);
    await refuseWrites(fleet);
    for (const { entry } of await within(SOON_MS, 'answers', Promise.all(herd(fleet, 'k', CALLERS))))
      assert.match(entry.value, /^k@/);
    fleet.origin.failing = true;
    await assert.rejects(get(fleet, 0, 'other'));
  });
}
