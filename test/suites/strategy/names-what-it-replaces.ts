import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Definition } from '../../../strategies/contract/index.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 12;
/** Longer than a herd takes to be served. */
const TTL_MS = 300;

/** Each recompute names the newest version ever committed, so that the origin and the judge know its expiry. */
export function namesWhatItReplaces(definition: Definition, makeFleet: MakeFleet): void {
  test('every recompute of a herd replaces the newest version committed, or 0 if there is none', async (t) => {
    const fleet = await makeFleet(definition, { ttlMs: TTL_MS, graceMs: 0 });
    t.after(fleet.close);
    assert.deepEqual(await versionsReplacedBy(fleet), new Set([0]));
    await until('the expiry', async () => (await fleet.cache.read('k')).entry === undefined);
    const { newestVersion } = await fleet.cache.read('k');
    assert.ok(newestVersion > 0);
    assert.deepEqual(await versionsReplacedBy(fleet), new Set([newestVersion]));
  });

  test('a recompute after an invalidation replaces the version that was invalidated', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    await get(fleet, 0, 'k');
    await fleet.cache.invalidate('k');
    await until('a newer value', async () => (await get(fleet, 1, 'k')).entry.version > 1);
    assert.deepEqual(
      fleet.origin.calls.map(({ replaces }) => replaces),
      [0, 1],
    );
  });

  test('without the store nobody knows which version a recompute replaces', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    await fleet.redis.kill();
    await within(SOON_MS, 'an answer', get(fleet, 0, 'k'));
    assert.deepEqual(
      fleet.origin.calls.map(({ replaces }) => replaces),
      [undefined],
    );
  });
}

/** Lets a herd find the value missing. Gives the versions that its recomputes replaced. */
async function versionsReplacedBy(fleet: Fleet): Promise<Set<number | undefined>> {
  const before = fleet.origin.calls.length;
  fleet.origin.hold();
  const answers = herd(fleet, 'k', CALLERS);
  await until('a recompute', () => fleet.origin.calls.length > before);
  fleet.origin.letGo();
  await within(SOON_MS, 'answers', Promise.all(answers));
  return new Set(fleet.origin.calls.slice(before).map(({ replaces }) => replaces));
}
