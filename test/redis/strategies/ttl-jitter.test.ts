import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { lock } from '../../../strategies/lock.ts';
import { startFleet } from '../../support/fleet.ts';
import { made } from '../../support/leases.ts';

test('each write draws its TTL from its share around the one that is set, and the grace is as it is', async (t) => {
  const fleet = await startFleet(lock, { replicas: 1 });
  t.after(fleet.close);
  const [ttlMs, graceMs] = [60_000, 30_000];
  for (const [drawn, expectedMs] of [
    [0, 54_000],
    [0.5, 60_000],
    [0.999999, 66_000],
  ] as const) {
    const jitter = { share: 0.1, random: () => drawn };
    const cache = redisCache<string>(fleet.outside, { ttlMs, graceMs, jitter });
    const committed = await cache.commit('k', made(1), 'always');
    assert.ok(committed.outcome === 'accepted');
    assert.equal(committed.entry.softTtlMs, expectedMs);
    const { entry } = await cache.read('k');
    assert.ok(entry && entry.softTtlMs <= expectedMs && entry.softTtlMs > expectedMs - 5000);
    assert.equal(entry.hardTtlMs - entry.softTtlMs, graceMs);
  }
});
