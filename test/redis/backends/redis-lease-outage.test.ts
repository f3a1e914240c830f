import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { startRedis } from '../../support/redis-server.ts';
import { until } from '../../support/within.ts';

test('a lease granted to a caller who had given up waiting is given back, not waited for', async (t) => {
  const server = await startRedis();
  t.after(server.stop);
  const redis = connectRedis({ url: server.url }, { name: 'r0', commandTimeoutMs: 500 });
  t.after(() => redis.close());
  await until('a connection', () => redis.client.ping().catch(() => false));
  const lease = redisLease<string>(redis, redisWakeups(redis, systemClock), {
    leaseMs: 60_000,
    holder: 'r0',
    rememberFailuresMs: 1000,
    random: Math.random,
  });

  await server.freeze();
  await assert.rejects(lease.acquire('k'), StoreUnavailable);
  await server.thaw();
  const grant = await until('a grant', async () => {
    const acquired = await lease.acquire('k').catch(() => undefined);
    return acquired?.kind === 'granted' ? acquired.grant : undefined;
  });
  assert.ok(await lease.renew('k', grant));
});
