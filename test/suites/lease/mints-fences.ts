import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, granted, made } from '../../support/leases.ts';
import { until } from '../../support/within.ts';
import type { LeaseStage, MakeLeaseStage } from './stage.ts';

/** Fences rise, whatever happens, and the store of the values holds the writers to them. */
export function mintsFences(makeStage: MakeLeaseStage): void {
  test('fences rise over grants, releases, failures, fills and invalidations', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const fences: number[] = [];
    for (let round = 0; round < 5; round++) {
      const released = await granted(stage.lease, 'k');
      await stage.lease.release('k', released);
      const filled = await granted(stage.other, 'k');
      await stage.cache.commit('k', made(round), { grant: filled });
      const invalidated = await stage.cache.invalidate('k');
      const failed = await granted(stage.lease, 'k');
      await stage.lease.release('k', failed, { backoffMs: 1 });
      fences.push(released.fence, filled.fence, invalidated.fence, failed.fence);
      await stage.cache.invalidate('k');
    }
    rises(fences);
  });

  test('the fence rises when a lease has run out', async (t) => {
    const stage = await makeStage({ leaseMs: 250 });
    t.after(stage.close);
    const first = await granted(stage.lease, 'k');
    const next = await until('the lease to run out', async () => {
      const acquired = await stage.other.acquire('k');
      return acquired.kind === 'granted' ? acquired.grant : undefined;
    });
    rises([first.fence, next.fence]);
  });

  test('the fence rises even over a store that forgot it, by the store’s clock', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const first = await granted(stage.lease, 'k');
    await stage.lease.release('k', first);
    await clockPasses(stage, first.fence);
    await stage.forgetFences('k');
    const { atStoreMs: at } = await stage.cache.read('another key');
    const next = await granted(stage.other, 'k');
    assert.ok(next.fence >= Math.floor(at), `${next.fence} is behind the store's clock`);
    await clockPasses(stage, next.fence);
    await stage.forgetFences('k');
    const seen = await stage.cache.read('k');
    rises([first.fence, next.fence, seen.fence]);
  });

  test('a look at the key tells the newest fence and a clock that orders it against grants', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const before = await stage.cache.read('k');
    const grant = await granted(stage.lease, 'k');
    const after = await stage.cache.read('k');
    assert.equal(after.fence, grant.fence);
    assert.ok(before.atStoreMs < grant.atStoreMs && grant.atStoreMs < after.atStoreMs);
  });

  test('a grant and a look name the newest version ever committed, whatever became of its value', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const first = await granted(stage.lease, 'k');
    assert.equal(first.replaces, 0);
    await stage.cache.commit('k', made(7), { grant: first });
    assert.equal((await stage.cache.read('k')).newestVersion, 7);
    const over = await granted(stage.other, 'k', 7);
    assert.equal(over.replaces, 7);
    await stage.other.release('k', over);
    await stage.cache.invalidate('k');
    assert.equal((await granted(stage.lease, 'k')).replaces, 7);
    assert.equal((await stage.cache.read('k')).newestVersion, 7);
  });

  const defeats: Record<string, (stage: LeaseStage) => Promise<unknown>> = {
    'a newer grant': async ({ other }) => granted(other, 'k'),
    'a newer grant that failed': async ({ other }) =>
      other.release('k', await granted(other, 'k'), { backoffMs: 1000 }),
    'a newer fill': ({ other, cache }) => fill(other, cache, 'k', 7),
    'an invalidation': ({ cache }) => cache.invalidate('k'),
    // Within the same millisecond the look after it would mint the same fence. No store restarts so fast.
    'a store that forgot the fence': async (stage) => {
      await clockPasses(stage, (await stage.cache.read('k')).fence);
      await stage.forgetFences('k');
    },
  };
  for (const [defeat, happen] of Object.entries(defeats))
    test(`a write whose lease ran out is refused after ${defeat}`, async (t) => {
      const stage = await makeStage();
      t.after(stage.close);
      const late = await granted(stage.lease, 'k');
      await stage.lease.release('k', late);
      await happen(stage);
      const before = await stage.cache.read('k');
      assert.equal((await stage.cache.commit('k', made(1), { grant: late })).outcome, 'fenced');
      const after = await stage.cache.read('k');
      assert.deepEqual(
        [after.fence, after.entry?.version, after.entry?.value],
        [before.fence, before.entry?.version, before.entry?.value],
      );
    });

  test('a refused write leaves the newer holder its lease', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const late = await granted(stage.lease, 'k');
    await stage.lease.release('k', late);
    const holder = await granted(stage.other, 'k');
    await stage.cache.commit('k', made(1), { grant: late });
    assert.equal(await stage.other.renew('k', holder), true);
    assert.equal((await stage.cache.commit('k', made(2), { grant: holder })).outcome, 'accepted');
  });

  test('a fence is good for one write', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    assert.equal((await stage.cache.commit('k', made(2), { grant })).outcome, 'accepted');
    assert.equal((await stage.cache.commit('k', made(1), { grant })).outcome, 'fenced');
    assert.equal((await stage.cache.read('k')).entry?.version, 2);
  });

  test('a lease that ran out is still good for a write while nobody else was granted one', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const late = await granted(stage.lease, 'k');
    await stage.lease.release('k', late);
    assert.equal((await stage.cache.commit('k', made(1), { grant: late })).outcome, 'accepted');
  });
}

/** Mints of one millisecond run ahead of the clock; no store loses its memory and comes back that fast. */
const clockPasses = ({ cache }: LeaseStage, fence: number) =>
  until('the clock to pass the fence', async () => (await cache.read('k')).atStoreMs > fence + 1);

function rises(fences: readonly number[]) {
  for (const [index, fence] of fences.entries())
    assert.ok(index === 0 || fence > (fences[index - 1] ?? 0), `fences did not rise: ${fences.join(', ')}`);
}
