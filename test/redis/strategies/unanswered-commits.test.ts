import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { assemble } from '../../../assembly/assemble.ts';
import { lruCopies } from '../../../assembly/lru-copies.ts';
import type { Observation } from '../../../assembly/observer.ts';
import { redisCache } from '../../../backends/redis/cache.ts';
import { redisDemand } from '../../../backends/redis/demand.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { openLease } from '../../../services/member/lease.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import type { Answer, Clock, Options, Parts } from '../../../strategies/contract/index.ts';
import { lock } from '../../../strategies/lock.ts';
import { CountedOrigin } from '../../support/counted-origin.ts';
import { startRedis } from '../../support/redis-server.ts';
import { startRelay } from '../../support/relay.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

/** The lease in the Redis of the values, and one elsewhere, which Redis does not end. */
const BACKENDS = ['redis', 'file'] as const;
const PARTS = ['call', 'reply'] as const;
const LEASE_MS = 60_000;
const OPTIONS: Options = {
  ...{ beta: 1, singleFlight: true, backoffMs: 40, maxFailures: 3, maxRounds: 5 },
  ...{ patienceMs: LEASE_MS, recomputeCap: 3, storeRetryMs: 50, refreshIntervalMs: 10 },
};

let redis: RedisServer;
let outside: IoRedisPort;

before(async () => {
  redis = await startRedis();
  outside = connectRedis({ url: redis.url }, { name: 'outside', commandTimeoutMs: 5000 });
  await until('a connection', () => outside.connected);
});
after(async () => {
  outside.close();
  await redis.stop();
});
beforeEach(() => outside.client.flushall());

/** Two replicas behind a relay: app-1 holds the lease, and app-2 waits for its value. */
async function holderAndWaiter(
  t: TestContext,
  backend: (typeof BACKENDS)[number] = 'redis',
  holderClock: Clock = systemClock,
) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const started = await startRelay(redis.url);
  t.after(started.close);
  const origin = new CountedOrigin();
  const seen: Observation[] = [];
  const replica = async (index: number) => {
    const name = `app-${index + 1}`;
    const port = await started.connect(name);
    const subscriber = connectRedis({ url: redis.url }, { name, commandTimeoutMs: 5000 });
    t.after(() => subscriber.close());
    await until('a connection', () => subscriber.connected);
    const wakeups = redisWakeups<string>(subscriber, systemClock);
    const { lease, withEndingCommits, ready, close } = openLease<string>(
      {
        ...{ NAME: name, LEASE_BACKEND: backend, LOCK_SERVERS: [pathToFileURL(folder).href] },
        ...{ LEASE_MS, BACKOFF_MS: 100, REDIS_TIMEOUT_MS: 5000 },
      },
      port,
      wakeups,
    );
    t.after(close);
    await until('the lease', ready);
    const ports: Parts<string> = {
      cache: redisCache<string>(port, { ttlMs: LEASE_MS, graceMs: 0 }),
      ...{ lease, changes: wakeups, demand: redisDemand(port), origin: origin.for(index) },
      clock: index === 0 ? holderClock : systemClock,
      ...{ random: () => 0, options: OPTIONS, copies: lruCopies(1_000_000) },
    };
    const observer = (what: Observation) => void seen.push(what);
    return assemble(lock, ports, { observer, track: (step) => step, withEndingCommits }).strategy;
  };
  const [holder, waiter] = [await replica(0), await replica(1)];
  origin.hold();
  const answers: Promise<Answer<string>>[] = [holder.get('k')];
  await until('the recompute', () => origin.callsFor('k').length === 1);
  answers.push(waiter.get('k'));
  await until('the waiter', () => seen.some(({ saw }) => saw === 'wait-began'));
  const versions = async () =>
    (await within(SOON_MS, 'the answers', Promise.all(answers))).map(({ entry }) => entry.version);
  return { ...started, origin, seen, versions };
}

describe('a commit without an answer', () => {
  for (const [backend, part] of BACKENDS.flatMap((one) => PARTS.map((part) => [one, part] as const)))
    it(`whose ${part} was lost keeps nobody waiting, and costs no second recompute (${backend})`, async (t) => {
      const { relay, origin, versions } = await holderAndWaiter(t, backend);
      const held = relay.hold({ script: 'commit', part, key: 'k' }, AbortSignal.timeout(SOON_MS));
      await relay.delay('app-1', 0);
      origin.letGo();
      await held;
      await relay.drop('app-1');
      assert.deepEqual(await versions(), [1, 1]);
      assert.equal(origin.callsFor('k').length, 1);
    });

  it('is not sent again if the store has it', async (t) => {
    const { relay, origin, seen, versions } = await holderAndWaiter(t);
    const held = relay.hold({ script: 'commit', part: 'reply', key: 'k' }, AbortSignal.timeout(SOON_MS));
    await relay.delay('app-1', 0);
    origin.letGo();
    await held;
    await relay.drop('app-1');
    await versions();
    await until('the end of the lease', () => seen.some(({ saw }) => saw === 'released'));
    assert.equal(seen.filter(({ saw }) => saw === 'commit-began').length, 1);
  });

  it('releases the lease if the store cannot store the value', async (t) => {
    const { origin, versions } = await holderAndWaiter(t);
    await outside.client.config('SET', 'maxmemory', '1');
    t.after(() => outside.client.config('SET', 'maxmemory', '0'));
    origin.letGo();
    assert.deepEqual(await versions(), [1, 2]);
  });

  it('is sent again once the store takes writes, if it can neither be stored nor the lease released at first', async (t) => {
    // The holder tries again when the test says so. A try while the store changes its mind could be refused the commit and then
    // allowed the release, and somebody else would recompute.
    const pausing = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    t.after(() => goOn.resolve());
    const sleep = () => {
      pausing.resolve();
      return goOn.promise;
    };
    const { origin, seen, versions } = await holderAndWaiter(t, 'redis', { ...systemClock, sleep });
    const refuse = (replicas: number) => outside.client.config('SET', 'min-replicas-to-write', `${replicas}`);
    await refuse(1);
    t.after(() => refuse(0));
    origin.letGo();
    await within(SOON_MS, 'the refusals', pausing.promise);
    const count = (saw: Observation['saw']) => seen.filter((what) => what.saw === saw).length;
    assert.equal(count('commit-unanswered'), 2);
    assert.equal(count('lease-unavailable'), 1, 'the release was refused');
    await refuse(0);
    goOn.resolve();
    assert.deepEqual(await versions(), [1, 1]);
  });
});
