import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisCache } from '../../backends/redis/cache.ts';
import { isStored } from '../../strategies/contract/index.ts';
import { lock } from '../../strategies/lock.ts';
import { refreshAhead } from '../../strategies/refresh-ahead.ts';
import { staleWhileRevalidate } from '../../strategies/stale-while-revalidate.ts';
import { startFleet } from '../support/fleet.ts';
import { get, herd } from '../support/herd.ts';
import { startLockServer, whyNot } from '../support/lock-server.ts';
import { startRedisLockServers } from '../support/lock-servers.ts';
import { SOON_MS, until, within } from '../support/within.ts';

const CALLERS = 20;

const SERVERS = {
  redlock: { skip: false, start: () => startRedisLockServers() },
  memcached: { skip: whyNot('memcached'), start: () => startLockServer('memcached') },
  postgres: { skip: whyNot('postgres'), start: () => startLockServer('postgres') },
  mysql: { skip: whyNot('mariadb'), start: () => startLockServer('mariadb') },
} as const;

for (const [leaseBackend, { skip, start }] of Object.entries(SERVERS))
  test(`${leaseBackend}: with its servers dead, the store's values are served on, and replaced once per process`, {
    skip,
  }, async (t) => {
    const servers = await start();
    const fleet = await startFleet(lock, {
      ttlMs: 150,
      graceMs: 60_000,
      leaseBackend: leaseBackend as keyof typeof SERVERS,
      lockServers: servers.addresses,
    });
    t.after(async () => {
      await fleet.close();
      await servers.stop();
    });
    const { entry: old } = await get(fleet, 0, 'due');
    const fresh = { value: 'fresh@0', version: 1, computedWallMs: 1, recomputeMs: 0 };
    await redisCache<string>(fleet.outside, { ttlMs: 60_000, graceMs: 0 }).commit('fresh', fresh, 'always');
    await servers.kill(...('at' in servers ? [0, 1, 2] : []));
    await until('the expiry', async () => ((await fleet.cache.read('due')).entry?.softTtlMs ?? 0) <= 0);

    fleet.origin.hold();
    const answers = await within(SOON_MS, 'the due key', Promise.all(herd(fleet, 'due', CALLERS)));
    for (const { entry, served } of answers) {
      assert.deepEqual([entry.version, served], [old.version, 'stale']);
      assert.ok(isStored(entry));
    }
    for (const { served } of await within(
      SOON_MS,
      'the fresh key',
      Promise.all(herd(fleet, 'fresh', CALLERS)),
    ))
      assert.equal(served, 'hit');
    fleet.origin.letGo();
    // Writes work, so one of the processes stores the value; the fence refuses those of the others.
    await until(
      'a newer value',
      async () => ((await fleet.cache.read('due')).entry?.version ?? 0) > old.version,
    );
    assert.ok(fleet.origin.callsFor('due').length <= 1 + fleet.settings.replicas);
    assert.equal(fleet.origin.callsFor('fresh').length, 0);
  });

for (const definition of [staleWhileRevalidate, refreshAhead])
  test(`${definition.name}: values are refreshed without the lease, and under it again when its servers are back`, async (t) => {
    const servers = await startRedisLockServers();
    const fleet = await startFleet(definition, {
      ttlMs: 150,
      graceMs: 60_000,
      leaseBackend: 'redlock',
      lockServers: servers.addresses,
    });
    t.after(async () => {
      await fleet.close();
      await servers.stop();
    });
    const versionNow = async () => (await fleet.cache.read('k')).entry?.version ?? 0;
    const isReplaced = (version: number) => async () => {
      await get(fleet, 0, 'k');
      return (await versionNow()) > version;
    };
    await get(fleet, 0, 'k');
    await servers.kill(0, 1, 2);
    for (let expiry = 0; expiry < 3; expiry++) await until('a refresh', isReplaced(await versionNow()));
    await servers.restart(0, 1, 2);
    // Whoever holds the lease is the only one to ask.
    await until('a commit under a lease', async () => {
      const before = fleet.origin.calls.length;
      const version = await versionNow();
      await until('a refresh', isReplaced(version));
      return fleet.origin.calls.length - before === 1;
    });
  });
