import { createHash } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { MutexOptions } from './mutex.ts';
import { sessionMutex } from './session-mutex.ts';

/** How many seconds a connection without a lock may be idle: the server's own default. */
const UNHURRIED = 28_800;

/**
 * `GET_LOCK`, as MariaDB has it. It has no TTL and ends with its connection. `wait_timeout` makes a term of it: the server
 * disconnects a holder that is silent for so many seconds, and each extension breaks the silence. Without `endsIdle` a
 * paused holder keeps its lock as long as its connection lasts.
 */
export const mysqlMutex = (
  { servers: [uri = ''], leaseMs, holder, timeoutMs }: MutexOptions,
  { endsIdle = true } = {},
) =>
  sessionMutex(
    async (onLost) => {
      const connection = await createConnection({
        uri,
        multipleStatements: true,
        connectTimeout: timeoutMs,
        connectAttributes: { program_name: holder },
      });
      let lost = false;
      const lose = () => {
        if (lost) return;
        lost = true;
        onLost();
      };
      connection.on('error', lose);
      connection.on('end', lose);
      const idleSeconds = endsIdle ? Math.ceil(leaseMs / 1000) : UNHURRIED;
      const firstRow = async (sql: string, values: unknown[]) => {
        const [rows] = await connection.query<RowDataPacket[]>(sql, values);
        // Several statements answer with a list of results.
        return [rows[0]].flat()[0] as Record<string, unknown> | undefined;
      };
      return {
        async tryLock(key) {
          const name = lockNameOf(key);
          const tried = await firstRow(
            'SELECT GET_LOCK(?, 0) AS locked; SET SESSION wait_timeout = IF(IS_USED_LOCK(?) <=> CONNECTION_ID(), ?, ?)',
            [name, name, idleSeconds, UNHURRIED],
          );
          if (tried?.locked === 1) return true;
          if (!endsIdle) return {};
          const held = await firstRow(
            'SELECT TIME_MS AS idle_ms FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK(?)',
            [name],
          );
          return { leftMs: held ? idleSeconds * 1000 - Number(held.idle_ms) : 0 };
        },
        holds: async (key) =>
          (await firstRow('SELECT IS_USED_LOCK(?) <=> CONNECTION_ID() AS ours', [lockNameOf(key)]))?.ours ===
          1,
        async unlock(key) {
          await connection.query('SELECT RELEASE_LOCK(?); SET SESSION wait_timeout = ?', [
            lockNameOf(key),
            UNHURRIED,
          ]);
        },
        end: () => {
          connection.destroy();
          lose();
        },
      };
    },
    { holder, timeoutMs },
  );

/** Hashes the key to hexadecimal: MySQL allows 64 characters, and ignores case. */
const lockNameOf = (key: string) => `lock:${createHash('sha256').update(key).digest('hex').slice(0, 48)}`;
