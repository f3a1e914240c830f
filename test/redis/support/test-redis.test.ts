import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it, test } from 'node:test';
import { Redis } from 'ioredis';
import { docker } from '../../../cluster/compose/docker.ts';
import { LABEL } from '../../support/container-guard.ts';
import { withDocker } from '../../support/docker.ts';
import { startRedisContainer } from '../../support/redis-container.ts';
import { startRedisProcess } from '../../support/redis-process.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until, within } from '../../support/within.ts';

const BOUND_MS = 3000;

redisServerContract('a redis-server of this machine', startRedisProcess);
describe('with an engine', withDocker, () =>
  redisServerContract('a container of testcontainers', startRedisContainer),
);

/** What a test may expect of the Redis that it is given, wherever that runs. */
function redisServerContract(name: string, start: () => Promise<RedisServer>): void {
  const connected = ({ url }: RedisServer, commandTimeout?: number) => {
    const redis = new Redis(url, { retryStrategy: () => null, ...(commandTimeout && { commandTimeout }) });
    redis.on('error', () => {});
    return redis;
  };

  describe(name, () => {
    it('is empty, whatever was left in the last one, and nobody is connected from before', async (t) => {
      const first = await start();
      const before = connected(first);
      await before.set('k', 'v');
      await before.script('LOAD', 'return 1');
      const lost = once(before, 'end');
      await first.stop();
      const next = await start();
      t.after(() => next.stop());
      await within(BOUND_MS, 'the end of the connection', lost);
      const redis = connected(next);
      assert.equal(await redis.dbsize(), 0);
      assert.match(await redis.info('memory'), /number_of_cached_scripts:0\b/);
      redis.disconnect();
    });

    it('refuses when it is killed, and is back where it was with nothing in it', async (t) => {
      const server = await start();
      t.after(() => server.stop());
      const before = connected(server);
      await before.set('k', 'v');
      const lost = once(before, 'end');
      await server.kill();
      await within(BOUND_MS, 'the end of the connection', lost);
      await assert.rejects(within(BOUND_MS, 'the refusal', connected(server).ping()), /closed/);
      await server.restart();
      const redis = connected(server);
      assert.equal(await redis.get('k'), null);
      redis.disconnect();
    });

    it('keeps its connections when it is frozen, and its values when it is thawed', async (t) => {
      const server = await start();
      t.after(() => server.stop());
      const redis = connected(server, 500);
      t.after(() => redis.disconnect());
      await redis.set('k', 'v');
      await server.freeze();
      await assert.rejects(redis.get('k'), /timed out/);
      assert.equal(redis.status, 'ready');
      await server.thaw();
      assert.equal(await until('an answer', () => redis.get('k').catch(() => null)), 'v');
    });

    it('can be used again by another, however it was left', async (t) => {
      for (const leave of ['kill', 'freeze'] as const) {
        const server = await start();
        await server[leave]();
        await server.stop();
      }
      const server = await start();
      t.after(() => server.stop());
      const redis = connected(server);
      assert.equal(await redis.ping(), 'PONG');
      redis.disconnect();
    });
  });
}

test('no container stays behind of a test process that is killed', withDocker, async () => {
  const container = new URL('../../support/redis-container.ts', import.meta.url);
  const code = `const { startRedisContainer } = await import(${JSON.stringify(container)});
    console.log((await startRedisContainer()).url); setInterval(() => {}, 1000);`;
  const left = () => docker(['ps', '--all', '--quiet', '--filter', `label=${LABEL}`]);
  const others = await left();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  const ofChild = (await left()).split('\n').filter((id) => !others.includes(id));
  assert.equal(ofChild.length, 1, url);
  child.kill('SIGKILL');
  await until('its removal', async () => !(await left()).includes(ofChild[0] ?? ''), 10_000);
});
