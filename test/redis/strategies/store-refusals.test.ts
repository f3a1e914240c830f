import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { isStored } from '../../../strategies/contract/index.ts';
import { strategies } from '../../../strategies/index.ts';
import { type Fleet, startFleet } from '../../support/fleet.ts';
import { get, herd } from '../../support/herd.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

const CALLERS = 12;
const ROUNDS = 5;

type Client = Fleet['outside']['client'];

/** A reason for which Redis answers reads and refuses writes. */
interface Refusal {
  readonly code: string;
  begin(client: Client, folder: string): Promise<unknown>;
  end(client: Client): Promise<unknown>;
}

const REFUSALS: readonly Refusal[] = [
  {
    code: 'NOREPLICAS',
    begin: (client) => client.config('SET', 'min-replicas-to-write', '1'),
    end: (client) => client.config('SET', 'min-replicas-to-write', '0'),
  },
  {
    code: 'OOM',
    begin: (client) => client.config('SET', 'maxmemory', '1'),
    end: (client) => client.config('SET', 'maxmemory', '0'),
  },
  {
    // It replicates a server that is not there, and serves what it has.
    code: 'READONLY',
    begin: (client) => client.replicaof('127.0.0.1', 1),
    end: (client) => client.replicaof('NO', 'ONE'),
  },
  {
    // Its folder is gone, so it cannot save, and by its configuration takes no more writes.
    code: 'MISCONF',
    async begin(client, folder) {
      rmSync(folder, { recursive: true });
      await client.config('SET', 'save', '3600 1000000');
      await client.bgsave();
      await until('the save to fail', async () =>
        (await client.info('persistence')).includes('rdb_last_bgsave_status:err'),
      );
    },
    end: (client) => client.config('SET', 'save', ''),
  },
];

for (const { code, begin, end } of REFUSALS)
  describe(`while Redis answers every write with ${code}`, () => {
    for (const definition of strategies)
      test(`${definition.name} serves what the store has, and stores again afterwards`, async (t) => {
        const fleet = await startFleet(definition, {
          replicas: 2,
          ttlMs: 100,
          graceMs: 60_000,
          ownRedis: true,
        });
        t.after(fleet.close);
        const { client } = fleet.outside;
        const stale = await get(fleet, 0, 'due');
        const fresh = { value: 'fresh@0', version: 1, computedWallMs: 1, recomputeMs: 0 };
        await redisCache<string>(fleet.outside, { ttlMs: 60_000, graceMs: 0 }).commit(
          'fresh',
          fresh,
          'always',
        );
        await until('the expiry', async () => ((await fleet.cache.read('due')).entry?.softTtlMs ?? 0) <= 0);
        await begin(client, fleet.redis.folder ?? '');
        await assert.rejects(client.set('any', 'thing'), (error: Error) => error.message.startsWith(code));
        const before = fleet.origin.calls.length;
        for (let round = 0; round < ROUNDS; round++) {
          const due = await within(SOON_MS, 'the due key', Promise.all(herd(fleet, 'due', CALLERS)));
          for (const { entry, served } of await within(
            SOON_MS,
            'the fresh key',
            Promise.all(herd(fleet, 'fresh', CALLERS)),
          )) {
            assert.equal(served, 'hit');
            assert.ok(isStored(entry));
          }
          if (definition.claim.fenced)
            for (const { entry } of due) assert.equal(entry.version, stale.entry.version);
        }
        assert.equal(fleet.origin.callsFor('fresh').length, 0);
        if (definition.claim.fenced)
          assert.ok(fleet.origin.calls.length - before <= ROUNDS * fleet.settings.replicas);
        for (const { entry } of await within(
          SOON_MS,
          'a missing key',
          Promise.all(herd(fleet, 'missing', CALLERS)),
        ))
          assert.match(entry.value, /^missing@/);
        await end(client);
        await until('a newer value in the store', async () => {
          await get(fleet, 0, 'due');
          return Number(await client.hget(keysOf('due').entry, 'version')) > stale.entry.version;
        });
      });
  });
