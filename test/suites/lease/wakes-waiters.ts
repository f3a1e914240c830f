import assert from 'node:assert/strict';
import { test } from 'node:test';
import { granted, made, refused } from '../../support/leases.ts';
import { SOON_MS, until, within } from '../../support/within.ts';
import type { MakeLeaseStage } from './stage.ts';

/** Longer than any test: a wait that ends was woken. */
const FOREVER_MS = 600_000;

/** Waiters wait for the value, hear it at once, and are never left waiting. */
export function wakesWaiters(makeStage: MakeLeaseStage): void {
  test('a fill is heard by a watch as soon as there is one, with its value', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const watch = await stage.other.watch('k');
    await stage.cache.commit('k', made(3), { grant });
    const entry = await within(SOON_MS, 'the fill', watch.filled(grant.fence, FOREVER_MS));
    const { value, version, computedWallMs, recomputeMs } = entry ?? {};
    assert.deepEqual({ value, version, computedWallMs, recomputeMs }, made(3));
    assert.equal(entry?.fence, grant.fence);
    assert.ok((entry?.softTtlMs ?? 0) > 0);
    watch.close();
  });

  test('a fill between the refused acquire and the wait is not missed', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const [watch, witness] = [await stage.other.watch('k'), await stage.other.watch('k')];
    const held = await refused('held', stage.other, 'k');
    await stage.cache.commit('k', made(1), { grant });
    await within(SOON_MS, 'the witness', witness.filled(held.fence, FOREVER_MS));
    const entry = await within(SOON_MS, 'the fill', watch.filled(held.fence, FOREVER_MS));
    assert.equal(entry?.version, 1);
  });

  test('a fill under an older fence is not what the waiter waits for', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const older = await granted(stage.lease, 'k');
    const [watch, witness] = [await stage.other.watch('k'), await stage.other.watch('k')];
    await stage.cache.commit('k', made(1), { grant: older });
    await within(SOON_MS, 'the witness', witness.filled(older.fence, FOREVER_MS));
    const newer = await granted(stage.lease, 'k', 1);
    const waiting = watch.filled(newer.fence, FOREVER_MS);
    await stage.cache.commit('k', made(2), { grant: newer });
    assert.equal((await within(SOON_MS, 'the newer fill', waiting))?.version, 2);
  });

  for (const failed of [undefined, { backoffMs: 1000 }])
    test(`a release ${failed ? 'after a failure ' : ''}wakes the waiter, without a value`, async (t) => {
      const stage = await makeStage();
      t.after(stage.close);
      const grant = await granted(stage.lease, 'k');
      const watch = await stage.other.watch('k');
      const waiting = watch.filled(grant.fence, FOREVER_MS);
      await stage.lease.release('k', grant, failed);
      assert.equal(await within(SOON_MS, 'the wake-up', waiting), undefined);
    });

  test('an invalidation wakes the waiter, without a value', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const watch = await stage.other.watch('k');
    const waiting = watch.filled(grant.fence, FOREVER_MS);
    await stage.cache.invalidate('k');
    assert.equal(await within(SOON_MS, 'the wake-up', waiting), undefined);
  });

  test('a wait that hears nothing ends by its time', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const watch = await stage.other.watch('k');
    const since = performance.now();
    assert.equal(await within(SOON_MS, 'the end of the wait', watch.filled(grant.fence, 50)), undefined);
    assert.ok(performance.now() - since >= 49);
  });

  test('every waiter of a process hears the fill, but for those who left; other keys hear nothing', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const watches = await Promise.all([1, 2, 3].map(() => stage.other.watch('k')));
    const [left, ...stayed] = watches;
    const elsewhere = (await stage.other.watch('another key')).filled(0, 100);
    const gone = left?.filled(grant.fence, 100);
    left?.close();
    const waiting = Promise.all(stayed.map((watch) => watch.filled(grant.fence, FOREVER_MS)));
    await stage.cache.commit('k', made(1), { grant });
    for (const entry of await within(SOON_MS, 'the fill', waiting)) assert.equal(entry?.version, 1);
    assert.deepEqual(await Promise.all([elsewhere, gone]), [undefined, undefined]);
  });

  test('a watch that cannot listen ends its wait by its time', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    await stage.cutListeners();
    const watch = await within(SOON_MS, 'a watch', stage.other.watch('k'));
    assert.equal(await within(SOON_MS, 'the end of the wait', watch.filled(1, 50)), undefined);
  });

  test('a wait whose connection was cut is woken to look for itself once there is another', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const watch = await stage.other.watch('k');
    const waiting = watch.filled(grant.fence, FOREVER_MS);
    await stage.cutListeners();
    assert.equal(await within(SOON_MS, 'the wake-up', waiting), undefined);
  });

  test('a wait whose connection is cut ends by its time, and later fills are heard again', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const watch = await stage.other.watch('k');
    const waiting = watch.filled(grant.fence, 400);
    await stage.cutListeners();
    assert.equal(await within(SOON_MS, 'the end of the wait', waiting), undefined);
    await until('the watch to be heard again', () => stage.listening('k'));
    const again = hearsNextFill(watch.filled.bind(watch), grant.fence);
    await stage.cache.commit('k', made(1), { grant });
    assert.equal((await within(SOON_MS, 'the fill', again))?.version, 1);
  });
}

/** A new connection wakes every watch once, to look for itself; the fill comes after that at the latest. */
async function hearsNextFill(
  filled: (fence: number, timeoutMs: number) => Promise<{ version: number } | undefined>,
  fence: number,
) {
  return (await filled(fence, FOREVER_MS)) ?? filled(fence, FOREVER_MS);
}
