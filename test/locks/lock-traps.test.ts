import assert from 'node:assert/strict';
import { readdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { MemcachedConnection } from '../../backends/locks/memcached-connection.ts';
import { makeLockFolder, openMutex, startLockServer, whyNot } from '../support/lock-server.ts';
import { until } from '../support/within.ts';

/** What each server does that a lock should not, shown on the server itself; and that the backend is not caught in it. */
describe('the traps of PostgreSQL', { skip: whyNot('postgres') }, () => {
  test('a session gets the lock that it has once more, shared too, and two callers on it both win', async (t) => {
    const server = await startLockServer('postgres');
    const shared = new pg.Client({ connectionString: server.addresses[0] });
    t.after(async () => {
      await shared.end();
      await server.stop();
    });
    await shared.connect();
    const gets = async (kind: string) =>
      (await shared.query(`SELECT pg_try_advisory_lock${kind}(1) AS locked`)).rows[0].locked;
    assert.deepEqual([await gets(''), await gets('_shared'), await gets('')], [true, true, true]);
    // Taken three times, given up once: still held.
    await shared.query('SELECT pg_advisory_unlock(1)');
    const { rows } = await shared.query("SELECT mode FROM pg_locks WHERE locktype = 'advisory'");
    assert.deepEqual(rows.map(({ mode }) => mode).toSorted(), ['ExclusiveLock', 'ShareLock']);

    const mutex = openMutex('postgres', server, 'one');
    t.after(() => mutex.close());
    await until('a connection', () => mutex.ready());
    const both = await Promise.all([mutex.tryLock('k'), mutex.tryLock('k')]);
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['held', 'locked']);
    assert.equal((await mutex.tryLock('k')).kind, 'held');
  });
});

describe('the traps of MariaDB', { skip: whyNot('mariadb') }, () => {
  test('a connection gets the lock that it has once more, and two callers on it both win', async (t) => {
    const server = await startLockServer('mariadb');
    const shared = await createConnection(server.addresses[0] ?? '');
    t.after(async () => {
      shared.destroy();
      await server.stop();
    });
    const gets = async () =>
      (await shared.query<RowDataPacket[]>("SELECT GET_LOCK('k', 0) AS locked"))[0][0]?.locked;
    assert.deepEqual([await gets(), await gets()], [1, 1]);

    const mutex = openMutex('mysql', server, 'one');
    t.after(() => mutex.close());
    await until('a connection', () => mutex.ready());
    const both = await Promise.all([mutex.tryLock('k'), mutex.tryLock('k')]);
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['held', 'locked']);
  });
});

describe('the traps of memcached', { skip: whyNot('memcached') }, () => {
  test('a lock is evicted for want of memory, another is granted it, and the first finds out', async (t) => {
    const server = await startLockServer('memcached', { MEMCACHED_MB: '2' });
    const [one, other] = [0, 1].map((index) => openMutex('memcached', server, `${index}`, 60_000));
    const filler = new MemcachedConnection(server.addresses[0] ?? '', 1000);
    t.after(async () => {
      one?.close();
      other?.close();
      filler.close();
      await server.stop();
    });
    assert.ok(one && other);
    await until('connections', () => one.ready() && other.ready() && filler.isConnected);
    const tried = await one.tryLock('k');
    assert.ok(tried.kind === 'locked');
    assert.equal((await other.tryLock('k')).kind, 'held');
    // Of the lock's own size, so that they compete with it for the same pages.
    const value = 'x'.repeat(tried.token.length);
    for (let batch = 0; batch < 40; batch++)
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) =>
          filler.ask(`ms filler-${'y'.repeat(60)}-${batch}-${index} ${value.length} T0`, value),
        ),
      );
    assert.equal((await other.tryLock('k')).kind, 'locked');
    assert.equal(await one.extend('k', tried.token), false);
    await one.unlock('k', tried.token);
    assert.equal((await one.tryLock('k')).kind, 'held');
  });
});

describe('the traps of a file', () => {
  test('of many who find it stale one gets it, round after round, and nothing but the lock is left', async (t) => {
    const server = await makeLockFolder();
    const many = Array.from({ length: 8 }, (_, index) => openMutex('file', server, `${index}`));
    t.after(async () => {
      for (const mutex of many) mutex.close();
      await server.stop();
    });
    const [dead] = many;
    assert.equal((await dead?.tryLock('k'))?.kind, 'locked');
    const [name = ''] = await readdir(server.folder);
    for (let round = 0; round < 25; round++) {
      const anHourAgo = new Date(Date.now() - 3_600_000);
      await utimes(join(server.folder, name), anHourAgo, anHourAgo);
      const tried = await Promise.all(many.map((mutex) => mutex.tryLock('k')));
      const kinds = tried.map(({ kind }) => kind);
      assert.equal(kinds.filter((kind) => kind === 'locked').length, 1, `round ${round}: ${kinds}`);
      assert.deepEqual(await readdir(server.folder), [name]);
    }
  });

  test('while one removes a stale lock nobody else does, but for a term at most', async (t) => {
    const server = await makeLockFolder();
    const mutex = openMutex('file', server, 'one');
    t.after(async () => {
      mutex.close();
      await server.stop();
    });
    assert.equal((await mutex.tryLock('k')).kind, 'locked');
    const [name = ''] = await readdir(server.folder);
    const [path, guard] = [join(server.folder, name), join(server.folder, `${name}.stale`)];
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(path, anHourAgo, anHourAgo);
    await writeFile(guard, '');
    const stale = await stat(path);
    assert.equal((await mutex.tryLock('k')).kind, 'held');
    assert.equal((await stat(path)).ino, stale.ino);
    await utimes(guard, anHourAgo, anHourAgo);
    await until('the lock', async () => (await mutex.tryLock('k')).kind === 'locked');
    assert.deepEqual(await readdir(server.folder), [name]);
  });

  test('a lock that was replaced behind its holder is not the holder’s, and stays', async (t) => {
    const server = await makeLockFolder();
    const mutex = openMutex('file', server, 'one', 60_000);
    t.after(async () => {
      mutex.close();
      await server.stop();
    });
    const tried = await mutex.tryLock('k');
    assert.ok(tried.kind === 'locked');
    const [name = ''] = await readdir(server.folder);
    const path = join(server.folder, name);
    await writeFile(`${path}.other`, 'another holder');
    await rename(`${path}.other`, path);
    assert.equal(await mutex.extend('k', tried.token), false);
    await mutex.unlock('k', tried.token);
    assert.equal((await mutex.tryLock('k')).kind, 'held');
  });
});
