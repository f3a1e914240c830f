import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisWakeups, type Wakeups } from '../../../backends/redis/wakeups.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import { type MutedRedis, startMutedRedis } from '../../support/muted-redis.ts';
import { startRedis } from '../../support/redis-server.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const EVERY_MS = 30;
const WITHIN_MS = 100;

interface Stage {
  readonly commands: IoRedisPort;
  readonly subscriber: IoRedisPort;
  readonly way: MutedRedis;
  readonly wakeups: Wakeups<string>;
  /** The server of the commands, and another. */
  readonly urls: readonly [string, string];
}

/** A process whose subscriber can be led to another server than its commands go to. */
async function staged(t: TestContext): Promise<Stage> {
  const servers = [await startRedis(), await startRedis()] as const;
  const way = await startMutedRedis(servers[0].url);
  const connect = (url: string) => connectRedis({ url }, { name: 'hearing', commandTimeoutMs: 1000 });
  const [commands, subscriber] = [connect(servers[0].url), connect(way.url)];
  t.after(async () => {
    for (const redis of [commands, subscriber]) redis.close();
    await way.close();
    for (const server of servers) await server.stop();
  });
  await until('connections', () => commands.connected && subscriber.connected);
  const wakeups = redisWakeups<string>(subscriber, systemClock, {
    hearing: { commands, channel: 'own', everyMs: EVERY_MS, withinMs: WITHIN_MS },
  });
  return { commands, subscriber, way, wakeups, urls: [servers[0].url, servers[1].url] };
}

test('a subscriber on another server than the commands is found out, and is deaf until it is back', async (t) => {
  const { commands, subscriber, way, wakeups, urls } = await staged(t);
  let told = 0;
  const following = await wakeups.follow('k', () => {
    told += 1;
  });
  await until('what is published to be heard', () => following.live);
  const watch = await wakeups.watch('k');
  way.leadTo(urls[1]);
  subscriber.replace();
  await until('the new connection', () => way.connections > 1 && subscriber.connected);
  const wrongUntil = performance.now() + 5 * WITHIN_MS;
  while (performance.now() < wrongUntil) {
    assert.ok(!following.live, 'it listens to another server');
    await sleep(1);
  }
  assert.ok(way.connections > 2, 'it tries again');
  for (let look = 0; look < 2; look++)
    assert.equal(await within(SOON_MS, 'another look', watch.filled(0, 600_000)), undefined);
  way.leadTo(urls[0]);
  await until('the right server', () => following.live);
  const before = told;
  await commands.publish(keysOf('k').channel, '{"released":true}');
  await until('the message', () => told > before);
});

test('a subscriber that hears what is published keeps its connection', async (t) => {
  const { way, wakeups } = await staged(t);
  const following = await wakeups.follow('k', () => {});
  await until('what is published to be heard', () => following.live);
  const stayUntil = performance.now() + 5 * WITHIN_MS;
  while (performance.now() < stayUntil) {
    assert.ok(following.live);
    await sleep(1);
  }
  // A stall of this process: its own silence is not the subscriber's.
  const stalledUntil = performance.now() + 3 * WITHIN_MS;
  while (performance.now() < stalledUntil);
  await sleep(2 * EVERY_MS);
  assert.ok(following.live);
  assert.equal(way.connections, 1);
});

test('while nothing can be published, the subscriber keeps its connection', async (t) => {
  const { commands, way, wakeups } = await staged(t);
  const following = await wakeups.follow('k', () => {});
  await until('what is published to be heard', () => following.live);
  commands.close();
  await sleep(3 * WITHIN_MS);
  assert.ok(following.live);
  assert.equal(way.connections, 1);
});
