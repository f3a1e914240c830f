import { createHash } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { MutexOptions } from './mutex.ts';
import { sessionMutex } from './session-mutex.ts';

/** The server's own default, in seconds: a connection without a lock may be idle for so long. */
const UNHURRIED = 28_800;

/**
 * `GET_LOCK`, as MariaDB has it. It has no TTL and ends with its connection. A term is made of `wait_timeout`, the
 * server's own limit on idle connections, in whole seconds: a holder that was not heard of for that long is disconnected,
 * and to extend is to be heard of. Without `endsIdle` a holder that is paused keeps its lock while its connection stands.
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
        // Of many statements the answers come in a list.
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

/** MySQL allows 64 characters, and tells no upper case from lower: hexadecimal it is. */
const lockNameOf = (key: string) => `lock:${createHash('sha256').update(key).digest('hex').slice(0, 48)}`;
