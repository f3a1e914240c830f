import { randomUUID } from 'node:crypto';
import type { Mutex, MutexOptions } from './mutex.ts';
import { type LockSession, type OpenSession, SessionPool } from './support/session-pool.ts';

/**
 * A mutex of locks that belong to a connection. Such a server grants a lock again to the connection that holds it, so each
 * held lock has a connection of its own, and two callers never share one.
 */
export function sessionMutex(
  open: OpenSession,
  { holder, timeoutMs }: Pick<MutexOptions, 'holder' | 'timeoutMs'>,
): Mutex {
  const held = new Map<string, { readonly key: string; readonly session: LockSession }>();
  const pool = new SessionPool(open, timeoutMs, (ended) => {
    for (const [token, { session }] of held) if (session === ended) held.delete(token);
  });

  return {
    async tryLock(key) {
      const session = await pool.take();
      const tried = await pool.ask(session, session.tryLock(key));
      if (tried === true) {
        const token = `${holder}:${randomUUID()}`;
        held.set(token, { key, session });
        return { kind: 'locked', token };
      }
      pool.giveBack(session);
      const { leftMs } = tried;
      return { kind: 'held', ...(leftMs !== undefined && { retryAfterMs: Math.max(0, leftMs) }) };
    },

    async extend(key, token) {
      const lock = held.get(token);
      if (lock?.key !== key) return false;
      // A session that does not answer is ended, and its lock with it: the lock is lost, which is not an outage.
      const holds = await pool.ask(lock.session, lock.session.holds(key)).catch(() => false);
      if (!holds && held.has(token)) pool.drop(lock.session);
      return holds;
    },

    async unlock(key, token) {
      const lock = held.get(token);
      if (lock?.key !== key) return;
      held.delete(token);
      await pool.ask(lock.session, lock.session.unlock(key));
      pool.giveBack(lock.session);
    },

    ready: () => pool.isConnected,
    close: () => pool.close(),
  };
}
