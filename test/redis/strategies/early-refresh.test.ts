import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Definition } from '../../../strategies/contract/index.ts';
import { xfetch } from '../../../strategies/xfetch.ts';
import { xfetchLock } from '../../../strategies/xfetch-lock.ts';
import { type Fleet, type FleetSettings, startFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 40;

describe('xfetch', () => {
  test('one reader recomputes early, alone; whoever comes meanwhile is served the live value', async (t) => {
    const fleet = await alwaysDue(t, xfetch, { replicas: 1 });
    const early = get(fleet, 0, 'k');
    await until('the early recompute', () => fleet.origin.calls.length === 2);
    for (const { served, entry } of await within(
      SOON_MS,
      'the live value',
      Promise.all(herd(fleet, 'k', CALLERS)),
    ))
      assert.deepEqual([served, entry.version], ['hit', 1]);
    fleet.origin.letGo();
    const { served, entry } = await within(SOON_MS, 'the new value', early);
    assert.deepEqual([served, entry.version], ['early', 2]);
    assert.equal((await fleet.cache.read('k')).entry?.version, 2);
  });

  test('an early recompute that fails is nobody’s error: the value is still good', async (t) => {
    const fleet = await alwaysDue(t, xfetch, { replicas: 1 });
    fleet.origin.failing = true;
    fleet.origin.letGo();
    const { served, entry } = await get(fleet, 0, 'k');
    assert.deepEqual([served, entry.version], ['hit', 1]);
  });

  test('the fleet recomputes early at most once a replica, and whoever lands first wins for all', async (t) => {
    const fleet = await alwaysDue(t, xfetch);
    const answers = herd(fleet, 'k', CALLERS);
    await until('an early recompute in each replica', () => fleet.origin.calls.length === 5);
    fleet.origin.letGo();
    const answered = await within(SOON_MS, 'answers', Promise.all(answers));
    const stored = (await fleet.cache.read('k')).entry?.version;
    assert.ok(stored !== undefined && stored >= 2, `version ${stored} is stored`);
    for (const { served, entry } of answered) assert.equal(entry.version, served === 'hit' ? 1 : stored);
  });
});

describe('xfetch-lock', () => {
  test('one recompute in the fleet, in the background: nobody waits', async (t) => {
    const fleet = await alwaysDue(t, xfetchLock);
    for (let round = 0; round < 3; round++)
      for (const { served, entry } of await within(
        SOON_MS,
        'answers',
        Promise.all(herd(fleet, 'k', CALLERS)),
      ))
        assert.deepEqual([served, entry.version], ['hit', 1]);
    await until('the refresh', () => fleet.origin.calls.length === 2);
    fleet.origin.calls[1]?.finish();
    await until('the new value', async () => (await fleet.cache.read('k')).entry?.version === 2);
  });

  test('a refresh that fails is nobody’s error, and the origin is left alone for a while', async (t) => {
    const fleet = await alwaysDue(t, xfetchLock, { options: { backoffMs: 60_000 } });
    fleet.origin.failing = true;
    fleet.origin.letGo();
    for (let round = 0; round < 3; round++)
      for (const { served, entry } of await Promise.all(herd(fleet, 'k', CALLERS)))
        assert.deepEqual([served, entry.version], ['hit', 1]);
    await until('the refresh', () => fleet.origin.calls.length === 2);
    await Promise.all(herd(fleet, 'k', CALLERS));
    assert.equal(fleet.origin.calls.length, 2);
  });
});

/** A fleet with version 1 stored and every reader's draw early; the origin holds what it is asked from now on. */
async function alwaysDue(t: TestContext, definition: Definition, settings: Partial<FleetSettings> = {}) {
  const fleet: Fleet = await startFleet(definition, { ...settings, random: () => 1 - 1e-9 });
  t.after(fleet.close);
  fleet.origin.recomputeMs = 10_000;
  await get(fleet, 0, 'k');
  fleet.origin.hold();
  return fleet;
}
