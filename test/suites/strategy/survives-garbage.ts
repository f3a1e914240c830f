import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../../backends/redis/keys.ts';
import type { Definition } from '../../../strategies/contract/index.ts';
import type { Fleet, MakeFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, within } from '../../support/within.ts';

const CALLERS = 20;
const { entry, fence, failure } = keysOf('k');

const SPOILED: Readonly<Record<string, (fleet: Fleet) => Promise<unknown>>> = {
  'is no JSON': ({ outside }) => outside.client.hset(entry, 'value', '{"a":'),
  'lacks its version': ({ outside }) => outside.client.hdel(entry, 'version'),
  'lacks what it cost': ({ outside }) => outside.client.hdel(entry, 'recomputeMs'),
  'is of another type': ({ outside }) => outside.client.set(entry, 'garbage', 'PX', 60_000),
  'has a fence of another type': ({ outside }) =>
    outside.client.pipeline().set(entry, 'garbage').set(fence, '7').exec(),
  'has a fence and a version that are no numbers': ({ outside }) =>
    outside.client.pipeline().set(entry, 'garbage').hset(fence, 'fence', 'x', 'version', 'y').exec(),
  'has failures that are no numbers': ({ outside }) =>
    outside.client.pipeline().set(entry, 'garbage').hset(failure, 'failures', 'x').exec(),
};

/** What cannot be read is a miss: nobody gets an error, and the next recompute replaces it. */
export function survivesGarbage(definition: Definition, makeFleet: MakeFleet): void {
  for (const [what, spoil] of Object.entries(SPOILED))
    test(`an entry that ${what} is recomputed as if it were missing`, async (t) => {
      const fleet = await makeFleet(definition);
      t.after(fleet.close);
      const made = { value: 'k@0', version: 1, computedWallMs: 1, recomputeMs: 1 };
      await fleet.cache.commit('k', made, 'always');
      await spoil(fleet);
      const answers = await within(SOON_MS, 'answers', Promise.all(herd(fleet, 'k', CALLERS)));
      for (const answer of answers) assert.match(answer.entry.value, /^k@[1-9]/);
      const calls = fleet.origin.calls.length;
      assert.equal((await get(fleet, 0, 'k')).served, 'hit');
      assert.equal(fleet.origin.calls.length, calls);
    });
}
