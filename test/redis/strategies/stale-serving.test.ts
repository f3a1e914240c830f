import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { keysOf } from '../../../backends/redis/keys.ts';
import { OriginFailed } from '../../../strategies/contract/errors.ts';
import type { Definition } from '../../../strategies/contract/index.ts';
import { hybrid } from '../../../strategies/hybrid.ts';
import { refreshAhead } from '../../../strategies/refresh-ahead.ts';
import { staleWhileRevalidate } from '../../../strategies/stale-while-revalidate.ts';
import { tryLock } from '../../../strategies/try-lock.ts';
import { servesStale, strategiesThat } from '../../support/claims.ts';
import { type Fleet, type FleetSettings, startFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 40;

/** Those that serve a stale value at once to everyone. */
for (const definition of strategiesThat((one) => servesStale(one) && one.claim.waits === 'nobody'))
  describe(definition.name, () => {
    test('a value that is due is served at once to everyone, and one in the fleet refreshes it', async (t) => {
      const fleet = await due(t, definition);
      for (let round = 0; round < 3; round++) await everyoneIsServedStale(fleet);
      await until('the refresh', () => fleet.origin.calls.length === 2);
      fleet.origin.letGo();
      await until('the new value', async () => (await fleet.cache.read('k')).entry?.version === 2);
      for (const { served, entry } of await Promise.all(herd(fleet, 'k', CALLERS)))
        assert.deepEqual([served, entry.version], ['hit', 2]);
      assert.equal(fleet.origin.calls.length, 2);
    });

    test('a refresh that fails is nobody’s error, and the origin is left alone for a while', async (t) => {
      const fleet = await due(t, definition, { options: { backoffMs: 60_000 } });
      fleet.origin.failing = true;
      fleet.origin.letGo();
      await everyoneIsServedStale(fleet);
      await until('the failure', () => fleet.outside.client.exists(keysOf('k').failure));
      for (let round = 0; round < 3; round++) await everyoneIsServedStale(fleet);
      assert.equal(fleet.origin.calls.length, 2);
    });

    test('a refresh that goes silent is taken over when its lease has run out', async (t) => {
      const fleet = await due(t, definition, { leaseMs: 60_000 });
      await everyoneIsServedStale(fleet);
      await until('the refresh', () => fleet.origin.calls.length === 2);
      await fleet.expireLease('k');
      // A replica that was told of the lease listens for its end; the one that has it does not know better.
      await fleet.outside.publish(keysOf('k').channel, '{"released":true}');
      await until('the take-over', async () => {
        await everyoneIsServedStale(fleet);
        return fleet.origin.calls.length === 3;
      });
      fleet.origin.calls[2]?.finish();
      await until('the new value', async () => (await fleet.cache.read('k')).entry?.version === 3);
      fleet.origin.letGo();
      for (const { entry } of await Promise.all(herd(fleet, 'k', CALLERS))) assert.equal(entry.version, 3);
    });
  });

describe('try-lock', () => {
  test('the winner recomputes in its own request; everyone else is served the stale value at once', async (t) => {
    const fleet = await due(t, tryLock);
    const winner = get(fleet, 0, 'k');
    await until('its recompute', () => fleet.origin.calls.length === 2);
    await everyoneIsServedStale(fleet);
    fleet.origin.letGo();
    const { served, entry } = await within(SOON_MS, 'the new value', winner);
    assert.deepEqual([served, entry.version], ['recomputed', 2]);
    assert.equal(fleet.origin.calls.length, 2);
  });

  test('a winner whose recompute fails is served the stale value, and the origin is left alone', async (t) => {
    const fleet = await due(t, tryLock, { options: { backoffMs: 60_000 } });
    fleet.origin.failing = true;
    fleet.origin.letGo();
    const { served, entry } = await get(fleet, 0, 'k');
    assert.deepEqual([served, entry.version], ['stale', 1]);
    await everyoneIsServedStale(fleet);
    assert.equal(fleet.origin.calls.length, 2);
  });

  test('a winner who leaves changes nothing', async (t) => {
    const fleet = await due(t, tryLock);
    const leaver = new AbortController();
    const left = get(fleet, 0, 'k', leaver.signal);
    await until('its recompute', () => fleet.origin.calls.length === 2);
    const reason = new Error('had enough');
    leaver.abort(reason);
    await within(SOON_MS, 'leaving', assert.rejects(left, reason));
    fleet.origin.letGo();
    await until('the new value', async () => (await fleet.cache.read('k')).entry?.version === 2);
  });

  test('a winner who was overtaken is served the newer value', async (t) => {
    const fleet = await due(t, tryLock);
    const slow = get(fleet, 0, 'k');
    await until('its recompute', () => fleet.origin.calls.length === 2);
    await fleet.expireLease('k');
    const quick = get(fleet, 1, 'k');
    await until('another recompute', () => fleet.origin.calls.length === 3);
    fleet.origin.letGo();
    for (const answer of [slow, quick])
      assert.equal((await within(SOON_MS, 'both', answer)).entry.version, 3);
  });
});

for (const definition of [staleWhileRevalidate, hybrid, refreshAhead, tryLock])
  test(`${definition.name}: past the grace nobody is served the stale value`, async (t) => {
    const fleet = await due(t, definition);
    fleet.origin.failing = true;
    fleet.origin.letGo();
    await everyoneIsServedStale(fleet);
    await fleet.outside.client.pexpire(keysOf('k').entry, 1);
    await until(
      'the end of the grace',
      async () => (await fleet.outside.client.exists(keysOf('k').entry)) === 0,
    );
    const outcomes = await within(SOON_MS, 'answers', Promise.allSettled(herd(fleet, 'k', CALLERS)));
    for (const outcome of outcomes)
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof OriginFailed);
  });

test('hybrid: a value that is not due yet is refreshed early, in the background', async (t) => {
  const fleet = await startFleet(hybrid, { random: () => 1 - 1e-9 });
  t.after(fleet.close);
  fleet.origin.recomputeMs = 10_000;
  await get(fleet, 0, 'k');
  fleet.origin.hold();
  for (const { served, entry } of await within(SOON_MS, 'answers', Promise.all(herd(fleet, 'k', CALLERS))))
    assert.deepEqual([served, entry.version], ['hit', 1]);
  await until('the refresh', () => fleet.origin.calls.length === 2);
  fleet.origin.letGo();
  await until('the new value', async () => (await fleet.cache.read('k')).entry?.version === 2);
});

/** A fleet whose value is due, with a minute of grace left; the origin holds what it is asked from now on. */
async function due(t: TestContext, definition: Definition, settings: Partial<FleetSettings> = {}) {
  const fleet = await startFleet(definition, settings);
  t.after(fleet.close);
  await get(fleet, 0, 'k');
  fleet.origin.hold();
  await fleet.outside.client.pexpire(keysOf('k').entry, fleet.settings.graceMs);
  return fleet;
}

async function everyoneIsServedStale(fleet: Fleet) {
  for (const { served, entry } of await within(
    SOON_MS,
    'stale answers',
    Promise.all(herd(fleet, 'k', CALLERS)),
  ))
    assert.deepEqual([served, entry.version], ['stale', 1]);
}
