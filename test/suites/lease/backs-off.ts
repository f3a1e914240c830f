import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, granted, made, refused } from '../../support/leases.ts';
import { until } from '../../support/within.ts';
import type { LeaseStage, MakeLeaseStage } from './stage.ts';

/** After a failure the key is left alone, by everyone. */
export function backsOff(makeStage: MakeLeaseStage): void {
  test('after a failure nobody is granted the key until the back-off has passed', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    await fails(stage, 300);
    const waiting = await refused('backing-off', stage.other, 'k');
    assert.equal(waiting.failures, 1);
    assert.equal(waiting.stale, undefined);
    assert.ok(waiting.retryAfterMs > 0 && waiting.retryAfterMs <= 300, `${waiting.retryAfterMs} ms`);
    await granted(stage.other, 'another key');
    await until('the back-off to pass', async () => (await stage.other.acquire('k')).kind === 'granted');
  });

  test('failures in a row are counted, and a fill clears them', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    for (const failures of [1, 2, 3]) {
      await fails(stage, 500);
      assert.equal((await refused('backing-off', stage.other, 'k')).failures, failures);
    }
    const grant = await until('the back-off to pass', () => grantOrNothing(stage));
    await stage.cache.commit('k', made(1), { grant });
    await stage.other.release('k', await granted(stage.other, 'k', 1), { backoffMs: 1000 });
    assert.equal((await refused('backing-off', stage.lease, 'k', 1)).failures, 1);
  });

  test('an invalidation clears the failures', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    await fails(stage, 60_000);
    await stage.cache.invalidate('k');
    await granted(stage.other, 'k');
  });

  test('failures are forgotten in time', async (t) => {
    const stage = await makeStage({ rememberFailuresMs: 30 });
    t.after(stage.close);
    await fails(stage, 10);
    const forgotten = (await stage.cache.read('k')).atStoreMs + 10 + 30;
    await until(
      'the failure to be forgotten',
      async () => (await stage.cache.read('k')).atStoreMs > forgotten + 1,
    );
    await fails(stage, 1000);
    assert.equal((await refused('backing-off', stage.lease, 'k')).failures, 1);
  });

  test('a release without a failure counts none', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    await stage.lease.release('k', await granted(stage.lease, 'k'));
    await granted(stage.other, 'k');
  });

  test('while backing off whoever asks is handed the stale value', async (t) => {
    const stage = await makeStage({ ttlMs: 40, graceMs: 60_000 });
    t.after(stage.close);
    await fill(stage.lease, stage.cache, 'k', 1);
    await fails(stage, 60_000);
    const { stale } = await refused('backing-off', stage.other, 'k');
    assert.equal(stale?.version, 1);
    assert.ok(stale.softTtlMs <= 0 && stale.hardTtlMs > 0);
  });

  test('a value that is good is fresh, back-off or not', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    await fill(stage.lease, stage.cache, 'k', 1);
    await stage.lease.release('k', await granted(stage.lease, 'k', 1), { backoffMs: 60_000 });
    await refused('fresh', stage.other, 'k');
    const early = await refused('backing-off', stage.other, 'k', 1);
    assert.equal(early.stale?.version, 1);
  });
}

/** Takes the lease as soon as it may be taken, and reports a failure. */
async function fails(stage: LeaseStage, backoffMs: number) {
  const grant = await until('a grant', () => grantOrNothing(stage));
  await stage.lease.release('k', grant, { backoffMs });
}

async function grantOrNothing({ lease }: LeaseStage) {
  const acquired = await lease.acquire('k');
  return acquired.kind === 'granted' ? acquired.grant : undefined;
}
