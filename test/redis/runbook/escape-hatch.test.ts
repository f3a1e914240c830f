import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { granted, made, refused } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const KEY = 'hot';
const NEVER_MS = 60_000;

/** The lines that the runbook tells one to type. */
const escapeHatch = (): string => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const [, entry = ''] = runbook.split('### The escape hatch');
  const [, block] = /```sh\n([\s\S]*?)```/.exec(entry) ?? [];
  assert.ok(block, 'the runbook has no escape hatch');
  return block.replace(/^ +/gm, '');
};

test('the escape hatch frees a lease without end, names its holder, wakes the waiters, and keeps out the holder that lives', async (t) => {
  const server = await startRedis();
  const [redis, subscriber] = ['one', 'two'].map((name) =>
    connectRedis({ url: server.url }, { name, commandTimeoutMs: 1000 }),
  );
  assert.ok(redis && subscriber);
  t.after(async () => {
    for (const connection of [redis, subscriber]) connection.close();
    await server.stop();
  });
  await until('a connection', async () => redis.connected && subscriber.connected);
  const options = { leaseMs: 2000, rememberFailuresMs: 2000, random: Math.random };
  const wakeups = redisWakeups<string>(subscriber, systemClock);
  const holder = redisLease<string>(redis, wakeups, { ...options, holder: 'app-3' });
  const other = redisLease<string>(redis, wakeups, { ...options, holder: 'app-1' });
  const cache = redisCache<string>(redis, { ttlMs: 60_000, graceMs: 60_000 });

  const late = await granted(holder, KEY);
  await redis.client.persist(keysOf(KEY).lease);
  const watch = await other.watch(KEY);
  const { fence } = await refused('held', other, KEY);
  const woken = watch.filled(fence, NEVER_MS);

  const said = execFileSync(
    'sh',
    ['-c', escapeHatch().replaceAll('redis-cli', `redis-cli -u ${server.url}`)],
    {
      encoding: 'utf8',
    },
  );
  assert.match(said, /^app-3:/);
  assert.equal(await within(SOON_MS, 'a wake-up', woken), undefined);
  watch.close();

  const next = await granted(other, KEY);
  assert.equal(await holder.renew(KEY, late), false);
  assert.equal((await cache.commit(KEY, made(1), { grant: late })).outcome, 'fenced');
  assert.equal((await cache.commit(KEY, made(2), { grant: next })).outcome, 'accepted');
  assert.equal((await cache.commit(KEY, made(1), { grant: late })).outcome, 'fenced');
});
