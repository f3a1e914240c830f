import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { redisServerCommand } from '../../../cluster/local/redis-server.ts';
import { reserveAny } from '../../../cluster/ports.ts';
import { serves } from '../../../cluster/serves.ts';
import { until } from '../../support/within.ts';

/** What ioredis keeps to itself, and a failover detector calls. */
interface Connected {
  readonly connector: { disconnect(): void };
}

test('a failover that is announced while a Sentinel is asked ends no connection for good', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-follower-'));
  const reservation = await reserveAny(2);
  const [port = 0, sentinelPort = 0] = reservation.ports;
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && !signalCode)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    reservation.release();
    await rm(folder, { recursive: true });
  });
  const start = async (at: number, ...args: string[]) => {
    const child = spawn(redisServerCommand(), args, { stdio: 'ignore' });
    children.push(child);
    await until('a server', () => serves(`redis://127.0.0.1:${at}`, child.pid).catch(() => false));
    return child;
  };
  const primary = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const configuration = join(folder, 'sentinel.conf');
  await writeFile(configuration, `port ${sentinelPort}\nsentinel monitor lab 127.0.0.1 ${port} 1\n`);
  const server = await start(port, ...primary);
  const sentinel = await start(sentinelPort, configuration, '--sentinel');

  const address = { sentinels: [{ host: '127.0.0.1', port: sentinelPort }], name: 'lab', natMap: {} };
  const redis = connectRedis(address, { name: 'follower', commandTimeoutMs: 200 });
  t.after(() => redis.close());
  await until('a connection', () => redis.client.ping().catch(() => false));

  sentinel.kill('SIGSTOP');
  server.kill('SIGKILL');
  await until('the Sentinel to be asked', () => redis.client.status === 'connecting');
  (redis.client as unknown as Connected).connector.disconnect();
  await until('the end of it', () => redis.client.status === 'end');
  sentinel.kill('SIGCONT');
  await start(port, ...primary);
  await until('a connection again', () => redis.client.ping().catch(() => false));

  redis.close();
  await until('the end that was asked for', () => redis.client.status === 'end');
  assert.equal(await redis.client.ping().catch(() => 'closed'), 'closed');
});
