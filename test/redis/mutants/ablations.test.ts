import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis, type IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import type { ScriptChange } from '../../../backends/redis/ioredis/scripts.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups } from '../../../backends/redis/wakeups.ts';
import { mutantNamed } from '../../../mutants/index.ts';
import type { Whole } from '../../../mutants/mutant.ts';
import { systemClock } from '../../../services/shared/clock.ts';
import type { Options } from '../../../strategies/contract/index.ts';
import { lock } from '../../../strategies/lock.ts';
import { fill, granted, made, refused } from '../../support/leases.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

const TIMES = { ttlMs: 60_000, graceMs: 60_000 };
const LEASE_MS = 2000;

describe('without the guard', () => {
  let server: RedisServer;
  let redis: IoRedisPort;
  let subscriber: IoRedisPort;
  let whole: Whole<string>;
  let key: string;
  let keys = 0;

  const connections: IoRedisPort[] = [];

  async function connect(name: string, changes: readonly ScriptChange[] = []): Promise<IoRedisPort> {
    const port = connectRedis({ url: server.url }, { name, commandTimeoutMs: 1000, changes });
    connections.push(port);
    await until('a connection', async () => port.connected);
    return port;
  }

  const wholeOn = (port: IoRedisPort): Whole<string> => ({
    definition: lock,
    cache: redisCache(port, TIMES),
    lease: redisLease(port, redisWakeups(subscriber, systemClock), {
      leaseMs: LEASE_MS,
      holder: 'r1',
      rememberFailuresMs: 2000,
      random: Math.random,
    }),
    options: { singleFlight: true } as Options,
  });

  before(async () => {
    server = await startRedis();
    redis = await connect('one');
    subscriber = await connect('two');
    whole = wholeOn(redis);
  });
  after(async () => {
    for (const port of connections) port.close();
    await server.stop();
  });
  beforeEach(() => {
    key = `key-${++keys}`;
  });

  /** As if the lease's term had run out. */
  const expireLease = () => redis.client.del(keysOf(key).lease);

  async function without(name: string): Promise<Whole<string>> {
    const ablation = mutantNamed(name);
    assert.ok(ablation, name);
    const { changes, takeOut = (untouched) => untouched } = ablation;
    const bare = changes ? wholeOn(await connect(name, changes)) : whole;
    return takeOut(bare, { redis, clock: systemClock, random: () => 0, times: TIMES });
  }

  it('no-lease-ttl: a lease has no end, and a renewal gives it none', async () => {
    const { lease } = await without('no-lease-ttl');
    const grant = await granted(lease, key);
    assert.equal(await redis.client.pttl(keysOf(key).lease), -1);
    assert.equal(await lease.renew(key, grant), true);
    assert.equal(await redis.client.pttl(keysOf(key).lease), -1);
    await lease.release(key, grant);
    assert.equal(await lease.renew(key, grant), false);
  });

  for (const name of ['no-renewal', 'fixed-lease']) {
    it(`${name}: a lost lease is not noticed, and a held one not prolonged`, async () => {
      const { lease } = await without(name);
      const grant = await granted(lease, key);
      await redis.client.pexpire(keysOf(key).lease, LEASE_MS / 2);
      assert.equal(await lease.renew(key, grant), true);
      assert.ok((await redis.client.pttl(keysOf(key).lease)) <= LEASE_MS / 2);
      await expireLease();
      assert.equal(await lease.renew(key, grant), true);
    });
  }

  it('no-fence: a late commit overwrites a newer value', async () => {
    const { cache, lease } = await without('no-fence');
    const late = await granted(lease, key);
    await expireLease();
    await fill(lease, cache, key, 2);
    assert.equal((await whole.cache.commit(key, made(1), { grant: late })).outcome, 'fenced');
    assert.equal((await cache.commit(key, made(1), { grant: late })).outcome, 'accepted');
    assert.equal((await whole.cache.read(key)).entry?.version, 1);
  });

  it('unconditional-release: a refused commit ends the lease of the next holder', async () => {
    const { cache, lease } = await without('unconditional-release');
    const late = await granted(lease, key);
    await expireLease();
    await granted(lease, key);
    await whole.cache.commit(key, made(1), { grant: late });
    await refused('held', lease, key);
    assert.equal((await cache.commit(key, made(1), { grant: late })).outcome, 'fenced');
    await granted(lease, key);
  });

  it('unconditional-release: so does a release, and it wakes the waiters', async () => {
    const { lease } = await without('unconditional-release');
    const late = await granted(lease, key);
    await expireLease();
    const { fence } = await granted(lease, key);
    const watch = await lease.watch(key);
    await lease.release(key, late);
    assert.equal(await watch.filled(fence, 60_000), undefined);
    watch.close();
    await granted(lease, key);
  });

  it('no-double-check: the lease is granted though the value is there', async () => {
    const { cache, lease } = await without('no-double-check');
    await fill(whole.lease, cache, key, 1);
    await refused('fresh', whole.lease, key);
    await granted(lease, key);
  });

  it('no-single-flight: every request competes', async () =>
    assert.equal((await without('no-single-flight')).options.singleFlight, false));

  it('polling: a waiter does not hear the fill', async () => {
    const { cache, lease } = await without('polling');
    const grant = await granted(lease, key);
    const watch = await lease.watch(key);
    const filled = watch.filled(grant.fence, 60_000);
    await cache.commit(key, made(1), { grant });
    assert.equal(await filled, undefined);
    watch.close();
  });

  it('no-overlap-guard: whoever asks is granted what is due, and every write is accepted', async () => {
    const { cache, lease, options } = await without('no-overlap-guard');
    assert.equal(options.singleFlight, false);
    await fill(whole.lease, whole.cache, key, 1);
    const held = await granted(whole.lease, key, 1);
    const grants = [await granted(lease, key, 1), await granted(lease, key, 1)];
    for (const [index, grant] of grants.entries()) {
      assert.equal(await lease.renew(key, grant), true);
      assert.equal((await cache.commit(key, made(2 + index), { grant })).outcome, 'accepted');
    }
    assert.equal((await whole.cache.read(key)).entry?.version, 3);
    // What there is to guard with is still there for those who use it.
    assert.equal((await whole.cache.commit(key, made(4), { grant: held })).outcome, 'fenced');
    await refused('fresh', lease, key, 2);
  });

  it('jitter-alone: no lock, and a write lasts for the TTL less a tenth at least', async () => {
    const { definition, cache } = await without('jitter-alone');
    assert.equal(definition.name, 'none');
    await cache.commit(key, made(1), 'always');
    const { entry } = await whole.cache.read(key);
    assert.ok(entry && entry.softTtlMs <= 0.9 * TIMES.ttlMs && entry.softTtlMs > 0.8 * TIMES.ttlMs);
  });
});
