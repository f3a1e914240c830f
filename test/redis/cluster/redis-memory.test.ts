import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { redisProcess, redisServerCommand } from '../../../cluster/local/redis-server.ts';
import { reserveAny } from '../../../cluster/ports.ts';
import { REDIS_MEMORY } from '../../../cluster/servers/redis-memory.ts';

const MB = 1024 * 1024;

test('a Redis of the lab takes no more memory than its limit, refuses the next write, and loses nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const { ports, release } = await reserveAny(1);
  const [port = 0] = ports;
  const { command, args } = redisProcess(port, { folder, redisCommand: redisServerCommand() });
  const server = spawn(command, args, { stdio: 'ignore' });
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 });
  redis.on('error', () => {});
  t.after(async () => {
    redis.disconnect();
    server.kill('SIGKILL');
    await once(server, 'exit');
    release();
    rmSync(folder, { recursive: true });
  });
  const limit = Number(/^(\d+)mb$/.exec(REDIS_MEMORY)?.[1]) * MB;
  assert.deepEqual(await redis.config('GET', 'maxmemory'), ['maxmemory', `${limit}`]);
  // With its head it fills a megabyte.
  const value = 'x'.repeat(MB - 1024);
  let written = 0;
  await assert.rejects(async () => {
    for (; written * MB <= limit; written++) await redis.set(`k${written}`, value);
  }, /^ReplyError: OOM/);
  assert.ok(written > 0.8 * (limit / MB), `${written} values`);
  assert.equal(await redis.dbsize(), written);
  assert.equal((await redis.get('k0'))?.length, value.length);
});

test('the containers have the same limit', () => {
  const shared = readFileSync(new URL('../../../compose/shared.yaml', import.meta.url), 'utf8');
  assert.match(shared, /--maxmemory \$\{REDIS_MAXMEMORY\} --maxmemory-policy noeviction/);
});
