import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { startHeldOrigin } from '../../support/held-origin.ts';
import { made } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import { startReplica } from '../../support/replica-process.ts';
import { until } from '../../support/within.ts';

const TERM_MS = 60_000;
/** Each WAIT takes half of it here, since there is no Redis replica that could have the write. */
const REDIS_TIMEOUT_MS = 3000;
const WAIT_MS = REDIS_TIMEOUT_MS / 2;

/** A replica that waits for a Redis replica which never comes. `fresh` has a value. */
async function stage(t: TestContext, variables: Readonly<Record<string, string>> = {}) {
  const [redis, origin] = await Promise.all([startRedis(), startHeldOrigin()]);
  t.after(async () => {
    await origin.close();
    await redis.stop();
  });
  const outside = connectRedis({ url: redis.url }, { name: 'outside', commandTimeoutMs: 5000 });
  t.after(() => outside.close());
  await until('a connection', () => outside.connected);
  const replica = await startReplica({
    ...{ NAME: 'app-1', STRATEGY: 'lock', TTL_MS: `${TERM_MS}`, LEASE_MS: `${TERM_MS}` },
    ...{ REDIS_URL: redis.url, ORIGIN_URL: origin.url, REDIS_TIMEOUT_MS: `${REDIS_TIMEOUT_MS}` },
    ...{ WAIT_REPLICAS: '1', ...variables },
  });
  t.after(replica.kill);
  const cache = redisCache(outside, { ttlMs: TERM_MS, graceMs: 0 });
  await cache.commit('fresh', made(1), 'always');
  const isWaiting = async () => /cmd=wait\b/.test(String(await outside.client.call('CLIENT', 'LIST')));
  return { replica, origin, cache, isWaiting, untilWaiting: () => until('a WAIT', isWaiting) };
}

/** How long a request took. */
async function timed(answer: Promise<Response>) {
  const since = performance.now();
  const { status } = await answer;
  return { status, tookMs: performance.now() - since };
}

test('a grant that waits for Redis replicas keeps no read of another key waiting', async (t) => {
  const { replica, origin, untilWaiting } = await stage(t);
  const due = fetch(`${replica.url}/keys/due`);
  await untilWaiting();
  const { status, tookMs } = await timed(fetch(`${replica.url}/keys/fresh`));
  assert.equal(status, 200);
  assert.ok(tookMs < WAIT_MS / 2, `${tookMs} ms`);
  await until('a recompute without a lease', () => origin.asked.length === 1);
  origin.answer(7);
  assert.equal((await due).status, 200);
});

test('a grant that counts for nothing keeps no write out that was begun without a lease', async (t) => {
  const { replica, origin, cache, isWaiting, untilWaiting } = await stage(t, { STORE_RETRY_MS: '1' });
  const first = fetch(`${replica.url}/keys/due`);
  await until('a recompute without a lease', () => origin.asked.length === 1);
  const second = fetch(`${replica.url}/keys/due`);
  await untilWaiting();
  await until('the end of the WAIT', async () => !(await isWaiting()));
  origin.answer(7);
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);
  assert.equal((await cache.read('due')).entry?.version, 7);
});

test('grants that wait at the same time share a WAIT, so the last is not later than the first two', async (t) => {
  const { replica, origin } = await stage(t);
  const since = performance.now();
  const due = Array.from({ length: 10 }, (_, index) => fetch(`${replica.url}/keys/due-${index}`));
  await until('ten recomputes without a lease', () => origin.asked.length === due.length);
  const tookMs = performance.now() - since;
  for (const _ of due) origin.answer(7);
  await Promise.all(due);
  assert.ok(tookMs < 3 * WAIT_MS, `${tookMs} ms`);
});

test('an invalidation that no Redis replica has is not acknowledged with WAIT_FOR=all', async (t) => {
  const { replica, cache } = await stage(t, { WAIT_FOR: 'all' });
  const { status } = await fetch(`${replica.url}/keys/fresh`, { method: 'DELETE' });
  assert.equal(status, 503);
  assert.equal((await cache.read('fresh')).entry, undefined, 'it may be done all the same');
});

test('an invalidation waits for no Redis replica without it', async (t) => {
  const { replica } = await stage(t);
  const { status, tookMs } = await timed(fetch(`${replica.url}/keys/fresh`, { method: 'DELETE' }));
  assert.ok(status < 300 && tookMs < WAIT_MS, `${status} after ${tookMs} ms`);
});
