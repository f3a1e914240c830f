import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { Redis } from 'ioredis';
import type { Scene } from '../../../faults/support/strike.ts';
import { monitorOf } from '../../../faults/support/striking/monitor.ts';
import { startRedis } from '../../support/redis-server.ts';
import { until } from '../../support/within.ts';

const OPENED = 25;
const BUSY_CONNECTIONS = 4;

it('a monitor opens on a busy server, and hears what it executes', { timeout: 60_000 }, async (t) => {
  const server = await startRedis();
  const busy = Array.from({ length: BUSY_CONNECTIONS }, () => new Redis(server.url));
  let isOver = false;
  const herd = busy.map(async (redis) => {
    while (!isOver) await Promise.all(Array.from({ length: 20 }, () => redis.time()));
  });
  t.after(async () => {
    isOver = true;
    await Promise.all(herd);
    for (const redis of busy) redis.disconnect();
    await server.stop();
  });
  for (let opened = 0; opened < OPENED; opened++) {
    const monitor = await monitorOf(server.url, until as Scene['until']);
    const [, args] = await once(monitor, 'monitor');
    monitor.disconnect();
    assert.deepEqual(args, ['time']);
  }
});
