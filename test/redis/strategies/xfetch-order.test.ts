import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keysOf } from '../../../backends/redis/keys.ts';
import { xfetch } from '../../../strategies/xfetch.ts';
import { type Fleet, startFleet } from '../../support/fleet.ts';
import { get } from '../../support/herd.ts';
import { until } from '../../support/within.ts';

// Found by interleavings.test.ts when writes were ordered by the version stored: once that was lost, an older value still
// being made met nothing newer. Each test is the shortest such run.

for (const forgotten of ['entry', 'fence'] as const)
  test(`a value older than one that was stored is not written after the ${forgotten} is forgotten`, async (t) => {
    const { fleet, slow } = await overtaken(t);
    await fleet.outside.client.del(keysOf('k')[forgotten]);
    fleet.origin.letGo();
    await slow;
    const { entry } = await fleet.cache.read('k');
    assert.ok(
      entry === undefined || entry.version >= 2,
      `version ${entry?.version} was written after version 2`,
    );
  });

const losses: Record<string, (fleet: Fleet) => Promise<unknown>> = {
  'is invalidated': (fleet) => fleet.cache.invalidate('k'),
  'is due': ({ outside, settings }) => outside.client.pexpire(keysOf('k').entry, settings.graceMs),
};
for (const [loss, happens] of Object.entries(losses))
  test(`whoever comes after version 2 ${loss} is not handed a version 1 still being made`, async (t) => {
    const { fleet, slow } = await overtaken(t);
    await happens(fleet);
    const late = get(fleet, 0, 'k');
    // Sent behind the late one's look on the same connection, so that one is through when this one is answered.
    await get(fleet, 0, 'another-key');
    fleet.origin.letGo();
    await slow;
    assert.ok((await late).entry.version >= 2, 'version 2 was answered before this caller came');
  });

/** Version 1 is being made at one replica; another has made, stored and answered version 2. */
async function overtaken(t: TestContext) {
  const fleet = await startFleet(xfetch, { replicas: 2 });
  t.after(fleet.close);
  await get(fleet, 0, 'another-key');
  fleet.origin.hold();
  const slow = get(fleet, 0, 'k');
  await until('the slow recompute', () => fleet.origin.callsFor('k').length === 1);
  const quick = get(fleet, 1, 'k');
  await until('the quick recompute', () => fleet.origin.callsFor('k').length === 2);
  fleet.origin.callsFor('k')[1]?.finish();
  assert.equal((await quick).entry.version, 2);
  return { fleet, slow };
}
