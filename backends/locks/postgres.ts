import { createHash } from 'node:crypto';
import pg from 'pg';
import type { MutexOptions } from './mutex.ts';
import { sessionMutex } from './session-mutex.ts';
import type { LockSession } from './support/session-pool.ts';

export interface PostgresOptions {
  /**
   * What ends the lock: the session (`pg_try_advisory_lock`), or a transaction that is open for as long as the lock is held
   * (`pg_try_advisory_xact_lock`), which also stands behind a pooler that lends connections by the transaction.
   */
  readonly scope?: 'session' | 'transaction';
  /** Without it a holder that is paused keeps its lock for as long as its connection stands. */
  readonly endsIdle?: boolean;
}

/** What each scope says, in one round trip a step. */
const STATEMENTS = {
  session: {
    lock: (id: bigint, idleMs: number) =>
      `SELECT CASE WHEN pg_try_advisory_lock(${id}) THEN set_config('idle_session_timeout', '${idleMs}', false) END AS locked`,
    unlock: (id: bigint) =>
      `SELECT set_config('idle_session_timeout', '0', false), pg_advisory_unlock(${id})`,
    lose: '',
  },
  transaction: {
    lock: (id: bigint, idleMs: number) =>
      `BEGIN; SELECT CASE WHEN pg_try_advisory_xact_lock(${id}) THEN set_config('idle_in_transaction_session_timeout', '${idleMs}', true) END AS locked`,
    unlock: () => 'ROLLBACK',
    lose: 'ROLLBACK',
  },
};

/**
 * PostgreSQL's advisory locks, with no table behind them. They have no TTL: they end with their session, or transaction.
 * A term is made of the server's own limit on idle sessions (`idle_session_timeout`, PostgreSQL 14): a holder that was
 * not heard of for a term is disconnected, and to extend is to be heard of.
 */
export const postgresMutex = (
  { servers: [url = ''], leaseMs, holder, timeoutMs }: MutexOptions,
  { scope = 'session', endsIdle = true }: PostgresOptions = {},
) =>
  sessionMutex(
    async (onLost) => {
      const client = new pg.Client({
        connectionString: url,
        application_name: holder,
        connectionTimeoutMillis: timeoutMs,
      });
      // What fails under way is told to whoever asked as well.
      client.on('error', () => {});
      client.once('end', onLost);
      const end = () => void client.end().catch(() => {});
      await client.connect();
      return { ...locksOf(client, scope, endsIdle ? leaseMs : 0), end };
    },
    { holder, timeoutMs },
  );

function locksOf(
  client: pg.Client,
  scope: 'session' | 'transaction',
  idleMs: number,
): Omit<LockSession, 'end'> {
  const say = STATEMENTS[scope];
  const lastRow = async (sql: string) => {
    const results = [await client.query(sql)].flat() as pg.QueryResult[];
    return results.at(-1)?.rows[0];
  };
  return {
    async tryLock(key) {
      const id = lockIdOf(key);
      if ((await lastRow(say.lock(id, idleMs))).locked !== null) return true;
      if (say.lose) await client.query(say.lose);
      if (idleMs === 0) return {};
      const held = await lastRow(`
        SELECT ${idleMs} - 1000 * extract(epoch FROM clock_timestamp() - state_change)::float AS left_ms
        FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE ${isLock(id)}`);
      return { leftMs: held?.left_ms ?? 0 };
    },
    holds: async (key) =>
      (await lastRow(`SELECT FROM pg_locks WHERE ${isLock(lockIdOf(key))} AND pid = pg_backend_pid()`)) !==
      undefined,
    unlock: async (key) => {
      await client.query(say.unlock(lockIdOf(key)));
    },
  };
}

/** Advisory locks are named by 64 bits. Two keys that share them wait for each other, and that is all. */
const lockIdOf = (key: string) => createHash('sha256').update(key).digest().readBigInt64BE();

/** The lock as pg_locks shows it: the two halves of its name, unsigned. */
function isLock(id: bigint): string {
  const [high, low] = [BigInt.asUintN(32, id >> 32n), BigInt.asUintN(32, id)];
  return `locktype = 'advisory' AND classid = ${high} AND objid = ${low} AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
}
