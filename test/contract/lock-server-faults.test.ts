import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import pg from 'pg';
import { startBench } from '../../lab/leases/bench.ts';
import { befall, type FaultName, LEASE_MS } from '../../lab/leases/measure.ts';
import { variantNamed } from '../../lab/leases/variants.ts';
import { StoreUnavailable } from '../../strategies/errors.ts';
import { openMutex, startLockServer, whyNot } from '../support/lock-server.ts';
import { until, within } from '../support/within.ts';

const NEVER_MS = 2.5 * LEASE_MS;
/** What a look at the clock, and a machine that has other things to do, may take. */
const SLACK_MS = 100;

/** Who is released when: at once, by a term, by a term in whole seconds, or not while its connection stands. */
const RELEASED = {
  'at once': (ms: number | null) => ms !== null && ms < LEASE_MS - SLACK_MS,
  'by its term': (ms: number | null) => ms !== null && ms > LEASE_MS - SLACK_MS && ms < 2 * LEASE_MS,
  'by the second': (ms: number | null) => ms !== null && ms > LEASE_MS - SLACK_MS,
  never: (ms: number | null) => ms === null,
};

type Expected = Partial<Record<FaultName, keyof typeof RELEASED>>;

const EXPECTED: Record<string, Expected> = {
  postgres: { killed: 'at once', paused: 'by its term', cut: 'by its term' },
  'postgres-xact': { killed: 'at once', paused: 'by its term' },
  'postgres unbound': { killed: 'at once', paused: 'never' },
  mysql: { killed: 'at once', paused: 'by its term', cut: 'by its term' },
  'mysql unbound': { paused: 'never' },
  memcached: { killed: 'by the second', paused: 'by the second', restart: 'at once' },
  file: { killed: 'by its term', paused: 'by its term' },
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  const variant = variantNamed(name);
  const { on } = variant;
  const skip = on === 'redis' || on === 'redlock' || on === 'file' ? false : whyNot(on);
  test(`${name}: ${spelled(expected)}`, { skip }, async (t) => {
    const bench = await startBench(variant, LEASE_MS, new AbortController().signal);
    t.after(bench.close);
    for (const [fault, when] of Object.entries(expected) as [FaultName, keyof typeof RELEASED][]) {
      const released = await befall(bench, fault, NEVER_MS);
      assert.ok(RELEASED[when](released?.afterMs ?? null), `${fault}: ${released?.afterMs} ms, not ${when}`);
      if (released?.lateWrite) assert.equal(released.lateWrite, 'fenced');
    }
  });
}

for (const { kind, backend } of [
  { kind: 'postgres', backend: 'postgres' },
  { kind: 'postgres', backend: 'postgres-xact' },
  { kind: 'mariadb', backend: 'mysql' },
  { kind: 'memcached', backend: 'memcached' },
] as const)
  describe(`${backend} without its server`, { skip: whyNot(kind) }, () => {
    const stage = async (t: TestContext) => {
      const server = await startLockServer(kind);
      const mutex = openMutex(backend, server, 'one');
      t.after(async () => {
        mutex.close();
        await server.stop();
      });
      await until('a connection', () => mutex.ready());
      return { server, mutex };
    };

    test('a server that hangs is unavailable in good time, and grants again when it goes on', async (t) => {
      const { server, mutex } = await stage(t);
      server.freeze();
      await within(1500, 'the refusal', assert.rejects(mutex.tryLock('k'), StoreUnavailable));
      server.thaw();
      await until('a lock', async () => (await mutex.tryLock('k').catch(() => undefined))?.kind === 'locked');
    });

    test('a restart frees the lock, and the holder finds out', async (t) => {
      const { server, mutex } = await stage(t);
      const tried = await mutex.tryLock('k');
      assert.ok(tried.kind === 'locked');
      assert.equal(await mutex.extend('k', tried.token), true);
      await server.kill();
      await server.restart();
      await until('the loss', async () => !(await mutex.extend('k', tried.token).catch(() => true)));
      const again = await until('a lock', async () => {
        const other = await mutex.tryLock('k').catch(() => undefined);
        return other?.kind === 'locked' ? other : undefined;
      });
      // What is lost gives nothing up.
      await mutex.unlock('k', tried.token);
      assert.equal(await mutex.extend('k', again.token), true);
    });
  });

test('postgres: a session that an administrator ends takes its lock along', {
  skip: whyNot('postgres'),
}, async (t) => {
  const server = await startLockServer('postgres');
  const [one, other] = [openMutex('postgres', server, 'one'), openMutex('postgres', server, 'other')];
  const admin = new pg.Client({ connectionString: server.addresses[0] });
  t.after(async () => {
    one.close();
    other.close();
    await admin.end();
    await server.stop();
  });
  await until('connections', () => one.ready() && other.ready());
  await admin.connect();
  const tried = await one.tryLock('k');
  assert.ok(tried.kind === 'locked');
  assert.equal((await other.tryLock('k')).kind, 'held');
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  await until('the lock', async () => (await other.tryLock('k')).kind === 'locked');
  assert.equal(await one.extend('k', tried.token), false);
});

function spelled(expected: Expected): string {
  return Object.entries(expected)
    .map(([fault, when]) => `${fault}, released ${when}`)
    .join('; ');
}
