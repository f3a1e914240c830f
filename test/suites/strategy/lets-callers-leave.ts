import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Definition } from '../../../strategies/contract/index.ts';
import type { MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

/** Callers that abort their signal. */
export function letsCallersLeave(definition: Definition, makeFleet: MakeFleet): void {
  test('the caller who began the recompute leaves at once, and everyone else is served', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    fleet.origin.hold();
    const leaver = new AbortController();
    const left = get(fleet, 0, 'k', leaver.signal);
    await until('its recompute to begin', () => fleet.origin.calls.length === 1);
    const others = herd(fleet, 'k', 8);
    const reason = new Error('had enough');
    leaver.abort(reason);
    await within(SOON_MS, 'leaving', assert.rejects(left, reason));
    fleet.origin.letGo();
    for (const { entry } of await within(SOON_MS, 'the others', Promise.all(others)))
      assert.match(entry.value, /^k@/);
    assert.equal((await get(fleet, 0, 'k')).served, 'hit');
  });

  test('a caller who waits for another leaves at once and changes nothing', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    fleet.origin.hold();
    const stayer = get(fleet, 0, 'k');
    await until('a recompute to begin', () => fleet.origin.calls.length === 1);
    const leaver = new AbortController();
    const left = [get(fleet, 0, 'k', leaver.signal), get(fleet, 1, 'k', leaver.signal)];
    const reason = new Error('had enough');
    leaver.abort(reason);
    await within(SOON_MS, 'leaving', Promise.all(left.map((one) => assert.rejects(one, reason))));
    fleet.origin.letGo();
    assert.match((await within(SOON_MS, 'the one who stayed', stayer)).entry.value, /^k@/);
    assert.equal((await get(fleet, 1, 'k')).served, 'hit');
  });

  // Under `none` a recompute is its caller's own, and ends with the caller.
  if (definition.name !== 'none')
    test('a recompute whose callers have all left goes on, and its value is stored', async (t) => {
      const fleet = await makeFleet(definition);
      t.after(fleet.close);
      fleet.origin.hold();
      const leaver = new AbortController();
      const left = [get(fleet, 0, 'k', leaver.signal)];
      await until('its recompute to begin', () => fleet.origin.calls.length === 1);
      left.push(get(fleet, 1, 'k', leaver.signal));
      const reason = new Error('had enough');
      leaver.abort(reason);
      await within(SOON_MS, 'leaving', Promise.all(left.map((one) => assert.rejects(one, reason))));
      fleet.origin.letGo();
      await until('the value', async () => (await fleet.cache.read('k')).entry !== undefined);
      const calls = fleet.origin.calls.length;
      assert.equal((await get(fleet, 1, 'k')).served, 'hit');
      assert.equal(fleet.origin.calls.length, calls);
    });

  test('a caller whose signal is aborted before it comes gets the reason, and leaves no trace', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    const reason = new Error('too late');
    await within(
      SOON_MS,
      'the reason',
      assert.rejects(get(fleet, 0, 'k', AbortSignal.abort(reason)), reason),
    );
    assert.match((await within(SOON_MS, 'the next', get(fleet, 0, 'k'))).entry.value, /^k@/);
    assert.equal((await get(fleet, 1, 'k')).served, 'hit');
  });
}
