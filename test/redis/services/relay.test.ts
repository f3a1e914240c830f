import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import type { RedisPort } from '../../../backends/redis/port.ts';
import { Holds } from '../../../services/relay/holds.ts';
import type { Route } from '../../../services/relay/routes.ts';
import { relayServer } from '../../../services/relay/server.ts';
import type { Grant } from '../../../strategies/contract/index.ts';
import { startRedis } from '../../support/redis-server.ts';
import { type StartedRelay, startRelay } from '../../support/relay.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const KEY = 'hot';
const made = { value: 'v', version: 1, computedWallMs: 1, recomputeMs: 1 };
const HOLD = { script: 'acquire', part: 'call', key: KEY };
const never = { watch: () => Promise.reject(new Error('nobody waits here')) };

const leaseOf = (redis: RedisPort) =>
  redisLease<string>(redis, never, {
    leaseMs: 60_000,
    holder: 'a',
    rememberFailuresMs: 1000,
    random: Math.random,
  });
const cacheOf = (redis: RedisPort) => redisCache<string>(redis, { ttlMs: 60_000, graceMs: 0 });

describe('a relay between the members and Redis', () => {
  let redis: RedisServer;
  let direct: IoRedisPort;
  let started: StartedRelay;

  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());
  beforeEach(async () => {
    direct = connectRedis({ url: redis.url }, { name: 'test', commandTimeoutMs: 5000 });
    await until('a connection', () => direct.connected);
    await direct.client.flushall();
    started = await startRelay(redis.url);
  });
  afterEach(async () => {
    direct.close();
    await started.close();
  });

  const held = (script: 'acquire' | 'commit', part: 'call' | 'reply', of?: string) =>
    started.relay.hold({ script, part, key: KEY, ...(of && { of }) }, AbortSignal.timeout(5000));
  /** Arms a hold, and does something once the relay knows of it: an order after it has been carried out. */
  const armed = async (script: 'acquire' | 'commit', part: 'call' | 'reply', of?: string) => {
    const first = held(script, part, of);
    first.catch(() => {});
    await started.relay.delay('app-1', 0);
    return { first };
  };
  const granted = async (port: RedisPort, key = KEY): Promise<Grant> => {
    const acquired = await leaseOf(port).acquire(key);
    assert.equal(acquired.kind, 'granted');
    return (acquired as { grant: Grant }).grant;
  };
  /** What Redis holds of the key, asked past the relay. */
  const stored = () => direct.client.hget(keysOf(KEY).entry, 'value');
  /** An answer that came after everything that a connection had under way has come too. */
  const tellsNothing = async (promise: Promise<unknown>) => {
    await direct.client.ping();
    await started.relay.delay('app-1', 0);
    const nothing = Symbol();
    assert.equal(
      await Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve(nothing)))]),
      nothing,
    );
  };

  describe('that nobody gives orders', () => {
    it('passes on commands in a row, and values of many chunks, unchanged', async () => {
      const { client } = await started.connect('app-1');
      const big = Buffer.alloc(3_000_000, 'round\r\n$5\r\nand *1\r\n');
      const answers = await Promise.all([
        client.set('big', big),
        client.getBuffer('big'),
        client.lrange('none', 0, -1),
        client.get('none'),
        client.hset('h', { a: '1', b: 'ü' }),
        client.hgetall('h'),
      ]);
      assert.deepEqual(answers[1], big);
      assert.deepEqual([answers[0], ...answers.slice(2)], ['OK', [], null, 2, { a: '1', b: 'ü' }]);
      assert.deepEqual(await direct.client.getBuffer('big'), big);
    });

    it('passes on replies of errors, transactions and nested arrays', async () => {
      const { client } = await started.connect('app-1');
      await assert.rejects(client.call('NONSENSE'), /unknown command/);
      assert.deepEqual(await client.multi().set('a', 1).get('a').exec(), [
        [null, 'OK'],
        [null, '1'],
      ]);
      assert.equal(((await client.call('COMMAND', 'INFO', 'get')) as unknown[][])[0]?.[0], 'get');
      assert.equal(await client.ping(), 'PONG');
    });

    it('passes on a subscription, and the commands of the connection after it', async () => {
      const port = await started.connect('app-1');
      const messages: string[] = [];
      port.onMessage((_, message) => messages.push(message));
      await port.subscribe('news');
      for (const message of ['one', 'two']) await direct.publish('news', message);
      await until('the messages', () => messages.length === 2);
      await port.unsubscribe('news');
      assert.deepEqual(messages, ['one', 'two']);
      assert.equal(await port.client.ping(), 'PONG');
    });

    it('passes on what is no RESP', async () => {
      const socket = connect(started.portOf('app-1'), '127.0.0.1');
      socket.write('PING\r\n');
      assert.equal(`${(await within(SOON_MS, 'the answer', once(socket, 'data')))[0]}`, '+PONG\r\n');
      socket.destroy();
    });

    it('ends a connection when Redis is not there', async (t) => {
      await redis.kill();
      t.after(() => redis.restart());
      const socket = connect(started.portOf('app-1'), '127.0.0.1').on('error', () => {});
      await within(SOON_MS, 'the end', new Promise((resolve) => socket.once('close', resolve)));
    });
  });

  it('holds the call of a commit with what follows it, tells whose and under which fence, and lets it go', async () => {
    const port = await started.connect('app-1');
    const grant = await granted(port);
    const { first } = await armed('commit', 'call');
    const commit = cacheOf(port).commit(KEY, made, { grant });
    assert.deepEqual(await first, { member: 'app-1', fence: grant.fence });
    const behind = port.client.ping();
    await tellsNothing(behind);
    assert.equal(await stored(), null);
    await started.relay.release('app-1');
    assert.equal((await commit).outcome, 'accepted');
    assert.equal(await behind, 'PONG');
    await started.relay.release('app-1');
  });

  it('holds the reply of a commit: the store has the value, its writer does not know', async () => {
    const port = await started.connect('app-1');
    const grant = await granted(port);
    const { first } = await armed('commit', 'reply');
    const before = port.client.ping();
    const commit = cacheOf(port).commit(KEY, made, { grant });
    assert.deepEqual(await first, { member: 'app-1', fence: grant.fence });
    assert.equal(await before, 'PONG');
    assert.equal(await stored(), '"v"');
    await tellsNothing(commit);
    await started.relay.release('app-1');
    assert.equal((await commit).outcome, 'accepted');
  });

  it('takes no message of Redis for the reply of a call', async () => {
    const port = await started.connect('app-1');
    const grant = await granted(port);
    await port.client.call('CLIENT', 'TRACKING', 'ON');
    await port.client.get('watched');
    const { first } = await armed('commit', 'reply');
    // Redis tells this connection that the key has changed.
    const change = port.client.set('watched', 1);
    const commit = cacheOf(port).commit(KEY, made, { grant });
    assert.equal((await first).member, 'app-1');
    await change;
    await started.relay.release('app-1');
    assert.equal((await commit).outcome, 'accepted');
  });

  it('holds a reply that grants, and no other', async () => {
    const [one, two] = await Promise.all([started.connect('app-1'), started.connect('app-2')]);
    const grant = await granted(one);
    const { first } = await armed('acquire', 'reply');
    assert.equal((await leaseOf(two).acquire(KEY)).kind, 'held');
    await leaseOf(one).release(KEY, grant);
    const next = leaseOf(two).acquire(KEY);
    const { member, fence } = await first;
    assert.deepEqual([member, fence > grant.fence], ['app-2', true]);
    await tellsNothing(next);
    await started.relay.release('app-2');
    const acquired = await next;
    assert.equal(acquired.kind === 'granted' && acquired.grant.fence, fence);
  });

  it('holds the grant of another lease backend by the script that mints its fence, and not a look before', async () => {
    const port = await started.connect('app-1');
    const { entry, fence, failure } = keysOf(KEY);
    const { first } = await armed('acquire', 'reply');
    assert.deepEqual(await port.run('mint', [entry, fence, failure], ['', '']), ['due', '0']);
    const minted = port.run('mint', [entry, fence, failure], [60_000, '']);
    const held = await first;
    await started.relay.release(held.member);
    assert.deepEqual((await minted).slice(0, 2), ['granted', `${held.fence}`]);
  });

  it('holds no reply of a commit that is refused, and none that is an error', async () => {
    const port = await started.connect('app-1');
    const grant = await granted(port);
    await direct.client.del(keysOf(KEY).fence);
    const { first } = await armed('commit', 'reply');
    assert.equal((await cacheOf(port).commit(KEY, made, { grant })).outcome, 'fenced');
    await direct.client.script('FLUSH');
    // EVALSHA, an error, and EVAL: only the last is a commit that the store has executed.
    const again = await granted(port, 'other').then(() => direct.client.del(keysOf(KEY).lease));
    assert.equal(again, 0);
    const fresh = await granted(port);
    const commit = cacheOf(port).commit(KEY, made, { grant: fresh });
    assert.equal((await first).fence, fresh.fence);
    assert.equal(await stored(), '"v"');
    await started.relay.release('app-1');
    assert.equal((await commit).outcome, 'accepted');
  });

  it('holds only the key and the member that it was told', async () => {
    const [one, two] = await Promise.all([started.connect('app-1'), started.connect('app-2')]);
    const { first } = await armed('acquire', 'reply', 'app-2');
    const grant = await granted(one);
    await granted(two, 'other');
    await leaseOf(one).release(KEY, grant);
    const next = leaseOf(two).acquire(KEY);
    assert.equal((await first).member, 'app-2');
    await started.relay.release('app-2');
    assert.equal((await next).kind, 'granted');
  });

  it('holds the first of two members, and passes on the other', async () => {
    const [one, two] = await Promise.all([started.connect('app-1'), started.connect('app-2')]);
    const { first } = await armed('acquire', 'call');
    const asked = { 'app-1': leaseOf(one).acquire(KEY), 'app-2': leaseOf(two).acquire(KEY) };
    const { member, fence } = await first;
    assert.equal(fence, 0);
    const [its, others] = member === 'app-1' ? (['app-1', 'app-2'] as const) : (['app-2', 'app-1'] as const);
    assert.equal((await asked[others]).kind, 'granted');
    await tellsNothing(asked[its]);
    await started.relay.release(its);
    assert.equal((await asked[its]).kind, 'held');
  });

  it('holds nothing for somebody who has left', async () => {
    const port = await started.connect('app-1');
    const leave = new AbortController();
    const left = started.relay.hold({ script: 'acquire', part: 'reply', key: KEY }, leave.signal);
    await until('the order', async () => (await started.orders()) > 0);
    await started.relay.delay('app-1', 0);
    leave.abort();
    await assert.rejects(left, { name: 'AbortError' });
    await until('the end of the order', async () => (await started.orders()) === 0);
    await granted(port);
  });

  it('lets a call go that it held for somebody who was just leaving', async () => {
    const port = await started.connect('app-1');
    for (let round = 0; round < 20; round++) {
      const leave = new AbortController();
      const left = started.relay.hold({ script: 'acquire', part: 'call', key: KEY }, leave.signal);
      await until('the order', async () => (await started.orders()) > 0);
      await started.relay.delay('app-1', 0);
      const acquiring = leaseOf(port).acquire(KEY);
      setImmediate(() => leave.abort());
      const held = await left.catch(() => undefined);
      if (held) await started.relay.release(held.member);
      await within(SOON_MS, 'the answer', acquiring);
      await until('the end of the order', async () => (await started.orders()) === 0);
    }
  });

  it('lets a call go whose holder left before the answer', async () => {
    const released = Promise.withResolvers<void>();
    const route: Pick<Route, 'release'> = { release: released.resolve };
    const holds = new Holds();
    const routes = new Map([['app-1', route as Route]]);
    const server = relayServer({ holds, routes, logger: false });
    const responses: ServerResponse[] = [];
    server.addHook('preHandler', async (_request, reply) => {
      responses.push(reply.raw);
    });
    const left = server.inject({ method: 'POST', url: '/hold', payload: HOLD });
    await until('the order', () => responses.length > 0);
    const passing = { member: 'app-1', script: 'acquire', part: 'call', entry: keysOf(KEY).entry } as const;
    // In one turn: the relay holds the call before it hears that the client has left.
    assert.ok(holds.take({ ...passing, fence: 0 }));
    responses[0]?.destroy();
    await left.catch(() => {});
    await within(SOON_MS, 'the release', released.promise);
    await server.close();
  });

  it('holds one that fits, and not the next', async () => {
    const holds = new Holds();
    const { held } = holds.arm({ scripts: ['acquire'], part: 'call', entry: 'e' });
    const passing = { member: 'app-1', script: 'acquire', part: 'call', entry: 'e', fence: 0 } as const;
    assert.deepEqual([holds.take(passing), holds.take(passing)], [true, false]);
    assert.deepEqual(await held, { member: 'app-1', fence: 0 });
  });

  it('holds nothing after a release', async () => {
    const port = await started.connect('app-1');
    const { first } = await armed('acquire', 'call');
    await started.relay.release('app-1');
    await granted(port);
    await tellsNothing(first);
  });

  it('cuts connections on order: what was held never arrives, and a new connection works', async () => {
    const port = await started.connect('app-1');
    const grant = await granted(port);
    const { first } = await armed('commit', 'call');
    const commit = cacheOf(port).commit(KEY, made, { grant });
    await first;
    const lost = assert.rejects(commit, { code: 'ERR_DOGPILE_STORE_UNAVAILABLE' });
    await started.relay.drop('app-1');
    await lost;
    await until('a new connection', () => port.connected);
    assert.equal(await port.client.ping(), 'PONG');
    assert.equal(await stored(), null);
  });

  it('loses the call of a member that dies while it is held', async () => {
    const dying = await startCommitter(started.portOf('app-1'));
    const { first } = await armed('commit', 'call');
    dying.stdin?.write('go\n');
    await first;
    dying.kill('SIGKILL');
    await once(dying, 'exit');
    // Redis sees the end of its side.
    await until(
      'the end of its connection',
      async () => !`${await direct.client.client('LIST')}`.includes('name=dying'),
    );
    await started.relay.release('app-1');
    await direct.client.ping();
    assert.equal(await stored(), null);
  });

  it('loses the reply when Redis dies while it is held, and tells the member', async () => {
    const port = await started.connect('app-1');
    const grant = await granted(port);
    const { first } = await armed('commit', 'reply');
    const lost = assert.rejects(cacheOf(port).commit(KEY, made, { grant }), {
      code: 'ERR_DOGPILE_STORE_UNAVAILABLE',
    });
    await first;
    await redis.kill();
    await lost;
    await redis.restart();
    await until('a new connection', () => port.connected);
  });

  it('delays both ways, in order, until it is told not to', async () => {
    const { client } = await started.connect('app-1');
    const clockMs = async () => {
      const began = performance.now();
      await Promise.all([client.rpush('order', 1), client.rpush('order', 2)]);
      return performance.now() - began;
    };
    await started.relay.delay('app-1', 60);
    assert.ok((await clockMs()) >= 118);
    const late = client.rpush('order', 3);
    await started.relay.delay('app-1', 0);
    await Promise.all([late, client.rpush('order', 4)]);
    assert.ok((await clockMs()) < 60);
    assert.deepEqual(await direct.client.lrange('order', 0, -1), ['1', '2', '3', '4', '1', '2']);
  });

  it('delays commands or messages only, also on connections that come later', async () => {
    const [asking, listening] = [await started.connect('app-1'), await started.connect('app-1')];
    const messages: string[] = [];
    listening.onMessage((_, message) => messages.push(message));
    await listening.subscribe('news');
    const tookMs = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const told = (message: string) => async () => {
      await direct.publish('news', message);
      await until('the message', () => messages.includes(message));
    };
    await started.relay.delay('app-1', 300, { of: 'commands' });
    assert.ok((await tookMs(() => asking.client.ping())) >= 598);
    assert.ok((await tookMs(told('one'))) < 300);
    await started.relay.delay('app-1', 0, { of: 'commands' });
    await started.relay.delay('app-1', 300, { of: 'messages' });
    assert.ok((await tookMs(() => asking.client.ping())) < 300);
    assert.ok((await tookMs(told('two'))) >= 298);
    const later = await started.connect('app-1');
    assert.ok((await tookMs(() => later.client.ping())) < 300);
    assert.ok((await tookMs(() => later.subscribe('more'))) >= 598);
    await started.relay.delay('app-1', 0);
    assert.ok((await tookMs(told('three'))) < 300);
  });

  it('knows the scripts that an ablation has changed, and the unchanged ones', async () => {
    await started.close();
    const changes = [{ file: 'end_lease', find: "redis.call('DEL', lease_key)", replace: '' }];
    started = await startRelay(redis.url, changes);
    const [changed, unchanged] = [await started.connect('app-1', changes), await started.connect('app-2')];
    for (const port of [changed, unchanged]) {
      const grant = await granted(port);
      const { first } = await armed('commit', 'call');
      const commit = cacheOf(port).commit(KEY, made, { grant });
      const { member } = await first;
      await started.relay.release(member);
      await commit;
      await direct.client.flushall();
    }
  });

  it('refuses what a web page could send, members that it does not know, and orders that it cannot read', async () => {
    const post = async (body: object, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${started.url}/drop`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: answer.status, text: await answer.text() };
    };
    assert.equal((await post({ member: 'app-1' }, { origin: 'http://evil.example' })).status, 403);
    assert.equal((await post({ member: 'app-1' }, { 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal(await statusForHost('evil.example'), 403);
    assert.equal(await statusForHost('localhost:1234'), 200);
    // As services/healthy.sh asks.
    const probe = connect(Number(new URL(started.url).port), '127.0.0.1');
    probe.write('GET /readyz HTTP/1.0\r\n\r\n');
    assert.match(`${(await within(SOON_MS, 'the answer', once(probe, 'data')))[0]}`, /^HTTP\/1.1 200/);
    probe.destroy();
    const unknown = await post({ member: 'app-9' });
    assert.equal(unknown.status, 400);
    assert.match(unknown.text, /member: must be one of app-1, app-2/);
    assert.equal((await post([])).status, 400);
    assert.equal((await post({ member: 'app-2' })).status, 204);
    assert.deepEqual(await (await fetch(`${started.url}/readyz`)).json(), {
      ready: true,
      name: 'relay',
      run: 'a run',
    });
  });

  /** The status of a request whose `Host` is this one, which `fetch` would not send. */
  async function statusForHost(host: string): Promise<number | undefined> {
    const sent = request(`${started.url}/readyz`, { headers: { host }, agent: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }

  /** A process that commits once it is told to, over a connection named `dying`. */
  async function startCommitter(port: number): Promise<ChildProcess> {
    const grant = await granted(direct);
    const module = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);
    const code = `
      import { connectRedis } from ${module('backends/redis/ioredis/connection.ts')};
      import { redisCache } from ${module('backends/redis/cache.ts')};
      const redis = connectRedis({ url: 'redis://127.0.0.1:${port}' }, { name: 'dying', commandTimeoutMs: 60000 });
      redis.onConnection(({ kind }) => kind === 'ready' && console.log('ready'));
      process.stdin.once('data', () => redisCache(redis, { ttlMs: 60000, graceMs: 0 })
        .commit('${KEY}', ${JSON.stringify(made)}, { grant: ${JSON.stringify(grant)} }));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    after(() => child.kill('SIGKILL'));
    await within(10_000, 'its connection', once(child.stdout as NodeJS.ReadableStream, 'data'));
    return child;
  }
});
