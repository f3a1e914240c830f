import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import type { KeyAnswer } from '../../../services/app/server.ts';
import { startRedis } from '../../support/redis-server.ts';
import { startReplica } from '../../support/replica-process.ts';
import { until } from '../../support/within.ts';

const TTL_MS = 30_000;
const FROZEN_MS = 1500;

test('a replica that was frozen while it waited answers with the time that its value has left', async (t) => {
  const redis = await startRedis();
  const outside = connectRedis({ url: redis.url }, { name: 'outside', commandTimeoutMs: 5000 });
  const recomputes: ServerResponse[] = [];
  const origin = createServer((request, response) => {
    if (request.url?.startsWith('/recompute/')) recomputes.push(response);
    else response.end();
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const variables = {
    ...{ STRATEGY: 'lock', REDIS_URL: redis.url, TTL_MS: `${TTL_MS}`, LEASE_MS: '30000' },
    ORIGIN_URL: `http://127.0.0.1:${(origin.address() as AddressInfo).port}`,
  };
  t.after(async () => {
    origin.close();
    outside.close();
    await redis.stop();
  });
  const holder = await startReplica({ ...variables, NAME: 'holder' });
  t.after(holder.kill);
  const waiter = await startReplica({ ...variables, NAME: 'waiter' });
  t.after(waiter.kill);
  const get = async (url: string) => (await (await fetch(`${url}/keys/k`)).json()) as KeyAnswer;

  const recomputed = get(holder.url);
  await until('the recompute', () => recomputes.length > 0);
  const waited = get(waiter.url);
  const { channel } = keysOf('k');
  // Both replicas listen before they ask for the lease.
  await until('the waiter to listen', async () => {
    const [, count] = (await outside.client.pubsub('NUMSUB', channel)) as [string, number];
    return Number(count) === 2;
  });
  // The lease's refusal takes a moment more. It leaves no trace to wait for.
  await sleep(200);
  waiter.freeze();
  recomputes[0]?.setHeader('content-type', 'application/json');
  recomputes[0]?.end(JSON.stringify({ value: 'v', version: 1, computedAt: Date.now() }));
  await recomputed;
  await sleep(FROZEN_MS);
  waiter.thaw();
  const { served, softTtlMs } = await waited;
  assert.equal(served, 'waited');
  assert.ok(softTtlMs <= TTL_MS - FROZEN_MS, `${softTtlMs} ms`);
  assert.ok(softTtlMs > TTL_MS - FROZEN_MS - 10_000, `${softTtlMs} ms`);
});
