import { createHash } from 'node:crypto';
import pg from 'pg';
import type { MutexOptions } from './mutex.ts';
import { sessionMutex } from './session-mutex.ts';
import type { LockSession } from './support/session-pool.ts';

export interface PostgresOptions {
  /**
   * What ends the lock: the session (`pg_try_advisory_lock`), or a transaction that stays open while the lock is held
   * (`pg_try_advisory_xact_lock`). The latter also works behind a pooler that lends connections per transaction.
   */
  readonly scope?: 'session' | 'transaction';
  /** Whether a silent holder loses its lock. Without it a paused holder keeps its lock as long as its connection lasts. */
  readonly endsIdle?: boolean;
}

/** The statements of each scope, in one round trip per step. */
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
 * PostgreSQL's advisory locks, which need no table. They have no TTL: they end with their session or transaction.
 * `idle_session_timeout` (PostgreSQL 14) makes a term of it: the server disconnects a holder that is silent for a term, and
 * each extension breaks the silence.
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
      // A query that fails rejects for its caller as well.
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

/** Gives a lock's 64-bit name. Two keys with the same name wait for each other; nothing else happens. */
const lockIdOf = (key: string) => createHash('sha256').update(key).digest().readBigInt64BE();

/** Gives the condition that finds the lock in pg_locks, which shows the two halves of its name, unsigned. */
function isLock(id: bigint): string {
  const [high, low] = [BigInt.asUintN(32, id >> 32n), BigInt.asUintN(32, id)];
  return `locktype = 'advisory' AND classid = ${high} AND objid = ${low} AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
}
