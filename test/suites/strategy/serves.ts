import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Definition, isFresh, isStored } from '../../../strategies/contract/index.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 40;

/** Hits, herds on a cold key, and expiries. */
export function serves(definition: Definition, makeFleet: MakeFleet): void {
  test('a hit does not recompute', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    const first = await get(fleet, 0, 'k');
    assert.equal(first.served, 'recomputed');
    for (const again of await Promise.all(herd(fleet, 'k', CALLERS))) {
      assert.equal(again.served, 'hit');
      assert.equal(again.entry.value, first.entry.value);
    }
    assert.equal(fleet.origin.calls.length, 1);
  });

  test('a herd on a cold key is served, for no more recomputes than claimed', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    fleet.origin.hold();
    const answers = herd(fleet, 'k', CALLERS);
    await until('the herd to reach the origin', () => fleet.origin.calls.length >= leastCalls(definition));
    fleet.origin.letGo();
    for (const { entry, served } of await within(SOON_MS, 'answers', Promise.all(answers))) {
      assert.match(entry.value, /^k@/);
      assert.ok(isStored(entry));
      assert.ok(['hit', 'waited', 'recomputed'].includes(served), served);
    }
    assert.ok(
      fleet.origin.calls.length <= mostCalls(definition, fleet),
      `${fleet.origin.calls.length} recomputes`,
    );
  });

  test('keys do not wait for each other', async (t) => {
    const fleet = await makeFleet(definition, { replicas: 1 });
    t.after(fleet.close);
    await get(fleet, 0, 'quick');
    fleet.origin.hold();
    const slow = get(fleet, 0, 'slow');
    await until('the slow recompute to begin', () => fleet.origin.callsFor('slow').length === 1);
    assert.equal((await within(SOON_MS, 'the other key', get(fleet, 0, 'quick'))).served, 'hit');
    const alsoSlow = get(fleet, 0, 'also-slow');
    await until('another recompute to begin', () => fleet.origin.callsFor('also-slow').length === 1);
    fleet.origin.letGo();
    await Promise.all([slow, alsoSlow]);
  });

  for (const graceMs of [0, 60_000]) {
    test(`a value expires and is recomputed, with a grace of ${graceMs} ms`, async (t) => {
      const fleet = await makeFleet(definition, { ttlMs: 100, graceMs });
      t.after(fleet.close);
      const first = await get(fleet, 0, 'k');
      assert.ok(first.entry.softTtlMs > 0 && first.entry.softTtlMs <= 100);
      await until('the expiry', async () => !isFresh((await fleet.cache.read('k')).entry));
      if (graceMs > 0 && servesStale(definition, fleet)) {
        const stale = await get(fleet, 1, 'k');
        assert.deepEqual([stale.served, stale.entry.version], ['stale', first.entry.version]);
        await until('the refresh', async () => (await fleet.cache.read('k')).entry?.version !== 1);
        assert.equal(fleet.origin.calls.length, 2);
        return;
      }
      const second = await get(fleet, 1, 'k');
      assert.equal(second.served, 'recomputed');
      assert.equal(second.entry.version, first.entry.version + 1);
    });
  }
}

/** How many recomputes a cold herd must have begun before the origin answers any: without any cure, one a caller. */
const leastCalls = ({ name }: Definition) => (name === 'none' ? CALLERS : 1);

/** Whether even the first who comes after the expiry is served the stale value. */
const servesStale = ({ claim }: Definition, fleet: Fleet) =>
  claim.waits === 'nobody' && claim.maxStaleMs(settingOf(fleet)) > 0;

const settingOf = ({ settings, options }: Fleet) => ({
  ...settings,
  ...options,
  ratePerSecond: 1000,
  recomputeMs: 1,
  originCapacity: 0,
});

/** A fill of a cold key: one under a fence, else one a replica, and for the control one a caller. */
function mostCalls({ name, claim }: Definition, fleet: Fleet): number {
  if (name === 'none') return CALLERS;
  if (claim.fenced) return 1;
  return claim.recomputesPerExpiry(settingOf(fleet)).max ?? fleet.settings.replicas;
}
