import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, granted, made, refused } from '../../support/leases.ts';
import { until } from '../../support/within.ts';
import type { MakeLeaseStage } from './stage.ts';

/** One holder at a time, for as long as it renews. */
export function excludes(makeStage: MakeLeaseStage, termStepMs: number): void {
  test('one is granted, everyone else is told how long it is held and under which fence', async (t) => {
    const stage = await makeStage({ leaseMs: 5000 });
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const held = await refused('held', stage.other, 'k');
    assert.equal(held.fence, grant.fence);
    assert.ok(held.retryAfterMs > 0 && held.retryAfterMs <= 5000, `${held.retryAfterMs} ms`);
    await granted(stage.other, 'another key');
  });

  test('of many callers at once, in one process and in two, one wins', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const callers = [stage.lease, stage.lease, stage.lease, stage.other, stage.other];
    const kinds = (await Promise.all(callers.map((lease) => lease.acquire('k')))).map(({ kind }) => kind);
    assert.deepEqual(kinds.toSorted(), ['granted', 'held', 'held', 'held', 'held']);
  });

  test('a lease that is not renewed runs out by itself', async (t) => {
    const stage = await makeStage({ leaseMs: 250 });
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    await until('the lease to run out', async () => (await stage.other.acquire('k')).kind === 'granted');
    assert.equal(await stage.lease.renew('k', grant), false);
  });

  test('a renewal starts the term anew', async (t) => {
    const leaseMs = Math.max(1000, 3 * termStepMs);
    const stage = await makeStage({ leaseMs });
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    const left = async () => (await refused('held', stage.other, 'k')).retryAfterMs;
    await until('half the term to pass', async () => (await left()) < leaseMs / 2, leaseMs + 2 * termStepMs);
    assert.equal(await stage.lease.renew('k', grant), true);
    assert.ok((await left()) > leaseMs / 2);
  });

  test('whoever holds nothing renews nothing and ends nothing', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const late = await granted(stage.lease, 'k');
    await stage.lease.release('k', late);
    await granted(stage.other, 'k');
    assert.equal(await stage.lease.renew('k', late), false);
    await stage.lease.release('k', late, { backoffMs: 60_000 });
    // Neither granted (it would have been ended) nor backing off (a failure would have been counted).
    await refused('held', stage.lease, 'k');
    assert.equal(await stage.lease.renew('never granted', late), false);
    await granted(stage.lease, 'never granted');
  });

  test('a released lease is free at once', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const grant = await granted(stage.lease, 'k');
    await stage.lease.release('k', grant);
    assert.equal(await stage.lease.renew('k', grant), false);
    await granted(stage.other, 'k');
  });

  test('a fill ends its lease, and whoever comes after it finds the value instead of the lease', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    const entry = await fill(stage.lease, stage.cache, 'k', 1);
    const fresh = await refused('fresh', stage.other, 'k');
    assert.deepEqual(
      { ...fresh.entry, softTtlMs: 0, hardTtlMs: 0 },
      { ...entry, softTtlMs: 0, hardTtlMs: 0 },
    );
    assert.ok(fresh.entry.softTtlMs > 0 && fresh.entry.softTtlMs <= entry.softTtlMs);
    assert.ok(fresh.entry.hardTtlMs > fresh.entry.softTtlMs);
  });

  test('only a value newer than the one the caller has seen counts as fresh for it', async (t) => {
    const stage = await makeStage();
    t.after(stage.close);
    await fill(stage.lease, stage.cache, 'k', 5);
    await refused('fresh', stage.other, 'k', 4);
    await stage.other.release('k', await granted(stage.other, 'k', 6));
    const grant = await granted(stage.other, 'k', 5);
    assert.equal((await stage.cache.commit('k', made(6), { grant })).outcome, 'accepted');
    await refused('fresh', stage.lease, 'k', 5);
  });

  test('the value that expires is worth a lease', async (t) => {
    const stage = await makeStage({ ttlMs: 60, graceMs: 60_000 });
    t.after(stage.close);
    await fill(stage.lease, stage.cache, 'k', 1);
    await until('the expiry', async () => (await stage.other.acquire('k')).kind === 'granted');
  });
}
