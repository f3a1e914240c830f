import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OriginFailed } from '../../../strategies/contract/errors.ts';
import { type Definition, isFresh } from '../../../strategies/contract/index.ts';
import type { Call } from '../../support/counted-origin.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { until, within } from '../../support/within.ts';

const CALLERS = 20;
const BOUND_MS = 2000;

/** An origin that fails. */
export function survivesTheOrigin(definition: Definition, makeFleet: MakeFleet): void {
  test('a failing origin on a cold key: every caller hears of it in time', async (t) => {
    const fleet = await makeFleet(definition);
    t.after(fleet.close);
    fleet.origin.failing = true;
    for (const outcome of await outcomes(fleet))
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof OriginFailed);
    // Whoever recomputes under a lease leaves the origin alone after each failure, fleet-wide.
    if (definition.claim.fenced) {
      assert.ok(fleet.origin.calls.length >= fleet.options.maxFailures);
      for (const pauseMs of pausesBetween(fleet.origin.calls))
        assert.ok(pauseMs >= fleet.options.backoffMs - 1);
    }
    fleet.origin.failing = false;
    await recovers(fleet);
  });

  test('a failing recompute deletes nothing good', async (t) => {
    const fleet = await makeFleet(definition, { ttlMs: 100 });
    t.after(fleet.close);
    const good = await get(fleet, 0, 'k');
    await until('the expiry', async () => !isFresh((await fleet.cache.read('k')).entry));
    fleet.origin.failing = true;
    for (const outcome of await outcomes(fleet)) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof OriginFailed, outcome.reason);
      else assert.equal(outcome.value.entry.version, good.entry.version);
    }
    const { entry } = await fleet.cache.read('k');
    assert.equal(entry?.value, good.entry.value);
    fleet.origin.failing = false;
    await recovers(fleet);
  });
}

const outcomes = (fleet: Fleet) =>
  within(BOUND_MS, 'every caller to end', Promise.allSettled(herd(fleet, 'k', CALLERS)));

const pausesBetween = (calls: readonly Call[]) =>
  calls.slice(1).map((call, index) => call.at - (calls[index]?.at ?? 0));

/** Once the origin answers again so does the fleet, after the back-off at the latest. */
const recovers = (fleet: Fleet) =>
  until('a new value', () =>
    get(fleet, 0, 'k').then(
      ({ entry }) => isFresh(entry),
      () => false,
    ),
  );
