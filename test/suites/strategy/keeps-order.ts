import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Definition, isStored } from '../../../strategies/contract/index.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

/** What the strategies that claim it promise about the order of values. */
export function keepsOrder({ claim, ...definition }: Definition, makeFleet: MakeFleet): void {
  const fleetOf = (settings: object) => makeFleet({ claim, ...definition }, settings);

  if (claim.monotonic)
    test('a slow recompute never replaces a newer value', async (t) => {
      const fleet = await fleetOf({ replicas: 2 });
      t.after(fleet.close);
      const { slow, quick } = await overtaken(fleet);
      assert.equal((await within(SOON_MS, 'the quick one', quick)).entry.version, 2);
      fleet.origin.letGo();
      await within(SOON_MS, 'the slow one', slow);
      assert.equal((await fleet.cache.read('k')).entry?.version, 2);
      for (const replica of [0, 1]) assert.equal((await get(fleet, replica, 'k')).entry.version, 2);
    });

  if (claim.fenced || claim.olderMs === undefined)
    test('an invalidation defeats the fill that began before it', async (t) => {
      const fleet = await fleetOf({ replicas: 2 });
      t.after(fleet.close);
      fleet.origin.hold();
      const before = get(fleet, 0, 'k');
      await until('the fill to begin', () => fleet.origin.calls.length === 1);
      await fleet.cache.invalidate('k');
      const after = [get(fleet, 0, 'k'), get(fleet, 1, 'k')];
      fleet.origin.letGo();
      for (const late of await within(SOON_MS, 'those who came after it', Promise.all(after)))
        assert.ok(late.entry.version >= 2, `version ${late.entry.version} was begun before the invalidation`);
      const early = await within(SOON_MS, 'the one who came before it', before);
      assert.ok(isStored(early.entry), 'the store was there all the time');
      assert.ok(((await fleet.cache.read('k')).entry?.version ?? 0) >= 2);
    });

  if (claim.fenced)
    test('a lease that was lost aborts its recompute, and its caller gets the newer value', async (t) => {
      const fleet = await fleetOf({ replicas: 2, leaseMs: 150 });
      t.after(fleet.close);
      const { slow, quick } = await overtaken(fleet);
      await within(SOON_MS, 'the quick one', quick);
      const answer = await within(SOON_MS, 'the slow one', slow);
      assert.equal(answer.entry.version, 2);
      assert.ok(fleet.origin.calls[0]?.signal?.aborted);
    });
}

/** A recompute of version 1 under way at one replica, overtaken by a version 2 that another has made. */
async function overtaken(fleet: Fleet) {
  fleet.origin.hold();
  const slow = get(fleet, 0, 'k');
  await until('the slow recompute', () => fleet.origin.calls.length === 1);
  await fleet.expireLease('k');
  const quick = get(fleet, 1, 'k');
  await until('the quick recompute', () => fleet.origin.calls.length === 2);
  fleet.origin.calls[1]?.finish();
  return { slow, quick };
}
