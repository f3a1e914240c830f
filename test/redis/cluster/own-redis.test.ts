import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { askRedis, runIdOf } from '../../../cluster/ask-redis.ts';
import { ProcessMember } from '../../../cluster/local/process-member.ts';
import { redisProcess, redisServerCommand } from '../../../cluster/local/redis-server.ts';
import { isReady, serves } from '../../../cluster/serves.ts';
import { topology } from '../../../cluster/topology.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { MemberFailed } from '../../../services/shared/lab-errors.ts';
import { noGuard } from '../../support/no-guard.ts';
import { startRedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/within.ts';

const settings = settingsFrom(valuesFrom('herd', ['STORE=sentinel'], {}));
const { members } = topology(settings, undefined);
const member = (name: string) => members.find((one) => one.name === name) ?? assert.fail(`no ${name}`);

test('a Redis member is not ready when another Redis answers at its address', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-own-redis-'));
  const foreign = await startRedisProcess();
  const port = Number(new URL(foreign.url).port);
  const looks: boolean[] = [];
  const own = new ProcessMember(
    {
      name: 'redis',
      logPath: join(folder, 'redis.log'),
      ...redisProcess(port, { folder, redisCommand: redisServerCommand() }),
      async ready(pid) {
        const is = await isReady(member('redis'), foreign.url, { run: '', pid });
        looks.push(is);
        return is;
      },
    },
    noGuard,
  );
  t.after(async () => {
    await own.kill();
    await foreign.stop();
    await rm(folder, { recursive: true });
  });
  await assert.rejects(own.start(AbortSignal.timeout(10_000)), MemberFailed);
  assert.ok(looks.length > 0 && !looks.includes(true), `${looks}`);
  assert.equal(await serves(foreign.url), true, 'the other answers');
});

test('a server in its right state is ready only if it is the process that is meant', async (t) => {
  const [primary, replica] = [await startRedisProcess(), await startRedisProcess()];
  t.after(async () => {
    await replica.stop();
    await primary.stop();
  });
  const { hostname, port } = new URL(primary.url);
  await askRedis(primary.url, (redis) => redis.config('SET', 'repl-diskless-sync-delay', 0));
  // It writes no file on its way.
  await askRedis(replica.url, (redis) => redis.config('SET', 'repl-diskless-load', 'swapdb'));
  await askRedis(replica.url, (redis) => redis.replicaof(hostname, Number(port)));
  const there = { redis: primary.url, 'redis-2': replica.url };
  for (const [name, url] of Object.entries(there)) {
    const isReadyAs = (pid?: number) => isReady(member(name), url, { run: '', ...(pid && { pid }) });
    await until(`${name} to be in its state`, isReadyAs);
    assert.equal(await isReadyAs(await pidOf(url)), true, name);
    assert.equal(await isReadyAs(process.pid), false, name);
  }
});

test('each start of a server has a run_id of its own', async (t) => {
  const server = await startRedisProcess();
  t.after(() => server.stop());
  const before = await runIdOf(server.url);
  assert.equal(await runIdOf(server.url), before);
  await server.kill();
  await server.restart();
  assert.notEqual(await runIdOf(server.url), before);
});

const pidOf = (url: string) =>
  askRedis(url, async (redis) => Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1]));
