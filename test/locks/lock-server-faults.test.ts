import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { Link } from '../../cluster/local/link.ts';
import { LOOPBACK, reserveAny } from '../../cluster/ports.ts';
import { LOCK_SERVERS } from '../../cluster/servers/lock-servers.ts';
import { startBench } from '../../lab/leases/bench.ts';
import { type FaultName, LEASE_MS, measureFault } from '../../lab/leases/measure.ts';
import { variantNamed } from '../../lab/leases/variants.ts';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';
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
  'postgres unbound': { paused: 'never' },
  mysql: { killed: 'at once', paused: 'by its term' },
  'mysql unbound': { paused: 'never' },
  memcached: { killed: 'by the second', restart: 'at once' },
  file: { killed: 'by its term', paused: 'by its term' },
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  const variant = variantNamed(name);
  const { standsOn } = variant;
  const skip = standsOn === undefined || standsOn.kind === 'folder' ? false : whyNot(standsOn.kind);
  test(`${name}: ${spelled(expected)}`, { skip }, async (t) => {
    const bench = await startBench(variant, LEASE_MS, new AbortController().signal);
    t.after(bench.close);
    for (const [fault, when] of Object.entries(expected) as [FaultName, keyof typeof RELEASED][]) {
      const released = await measureFault(bench, fault, NEVER_MS);
      assert.ok(RELEASED[when](released?.afterMs ?? null), `${fault}: ${released?.afterMs} ms, not ${when}`);
      if (released?.lateWrite) assert.equal(released.lateWrite, 'fenced');
    }
  });
}

for (const { kind, backend } of [
  { kind: 'postgres', backend: 'postgres' },
  { kind: 'mariadb', backend: 'mysql' },
  { kind: 'memcached', backend: 'memcached' },
] as const)
  test(`${backend}: a server out of reach is unavailable in good time, one that restarts frees the lock, and the holder finds out`, {
    skip: whyNot(kind),
  }, async (t) => {
    const server = await startLockServer(kind);
    const reservation = await reserveAny(1);
    const [port = 0] = reservation.ports;
    const link = new Link(Number(new URL(server.addresses[0] ?? '').port));
    await link.listen(port);
    const mutex = openMutex(
      backend,
      { ...server, addresses: [LOCK_SERVERS[kind].urlAt(`${LOOPBACK}:${port}`)] },
      'one',
    );
    t.after(async () => {
      mutex.close();
      link.close();
      reservation.release();
      await server.stop();
    });
    const locked = () =>
      until('a lock', async () => {
        const tried = await mutex.tryLock('k').catch(() => undefined);
        return tried?.kind === 'locked' ? tried.token : undefined;
      });

    await until('a connection', () => mutex.ready());
    link.cut();
    for (let round = 0; round < 2; round++)
      await within(1500, 'the refusal', assert.rejects(mutex.tryLock('k'), StoreUnavailable));
    link.mend();
    // A lock that was granted too late to be told of is not kept.
    const first = await locked();
    assert.equal(await mutex.extend('k', first), true);

    await server.kill();
    await server.restart();
    await until('the loss', async () => !(await mutex.extend('k', first).catch(() => true)));
    const second = await locked();
    // What is lost gives nothing up.
    await mutex.unlock('k', first);
    assert.equal(await mutex.extend('k', second), true);
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
