import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { Mutex, MutexOptions } from './mutex.ts';

/** A connection to a server whose locks end with the connection. It asks one thing at a time. */
export interface LockSession {
  /** True: ours. Otherwise how long until the server ends the holder's session, where that can be told. */
  tryLock(key: string): Promise<true | { readonly leftMs?: number | undefined }>;
  /** Whether this very session still has the lock. To ask counts as a sign of life. */
  holds(key: string): Promise<boolean>;
  unlock(key: string): Promise<void>;
  /** Ends it at once, whatever is under way. */
  end(): void;
}

/** Connects, and calls `onLost` at most once: when the connection has ended, whoever ended it. */
export type OpenSession = (onLost: () => void) => Promise<LockSession>;

/** How many connections without a lock are kept. */
const SPARE = 2;
const RECONNECT_MS = 50;

/**
 * A mutex of locks that belong to a connection, and to all who share one: such a server grants its holder the same lock
 * again. So each lock has a connection of its own for as long as it is held, and two callers never meet on one. A
 * connection that failed or answered late is ended, and with it whatever it may have been granted.
 */
export function sessionMutex(
  open: OpenSession,
  { holder, timeoutMs }: Pick<MutexOptions, 'holder' | 'timeoutMs'>,
): Mutex {
  const all = new Set<LockSession>();
  const spare = new Set<LockSession>();
  const held = new Map<string, { readonly key: string; readonly session: LockSession }>();
  let connecting = false;
  let closed = false;

  function forget(session: LockSession | undefined): void {
    if (!session) return;
    all.delete(session);
    spare.delete(session);
    for (const [token, lock] of held) if (lock.session === session) held.delete(token);
    void keepOne();
  }

  function drop(session: LockSession): void {
    session.end();
    forget(session);
  }

  async function connect(): Promise<LockSession> {
    let session: LockSession | undefined;
    const opening = open(() => forget(session));
    // Whoever comes too late is sent away.
    session = await inTime(opening, () => opening.then((late) => late.end()).catch(() => {}));
    all.add(session);
    return session;
  }

  /** What was open may have been lost with the server; somebody has to find out that it is back. */
  async function keepOne(): Promise<void> {
    if (connecting) return;
    connecting = true;
    while (!closed && all.size === 0) {
      const session = await connect().catch(() => undefined);
      if (session) giveBack(session);
      else await sleep(RECONNECT_MS, undefined, { ref: false });
    }
    connecting = false;
  }

  function giveBack(session: LockSession): void {
    if (closed || spare.size >= SPARE) drop(session);
    else if (all.has(session)) spare.add(session);
  }

  async function take(): Promise<LockSession> {
    const [session] = spare;
    if (!session) return connect();
    spare.delete(session);
    return session;
  }

  async function inTime<T>(work: Promise<T>, giveUp: () => unknown): Promise<T> {
    const stop = new AbortController();
    const late = sleep(timeoutMs, undefined, { signal: stop.signal }).then(() => {
      throw new Error(`no answer within ${timeoutMs} ms`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([work, late]);
    } catch (cause) {
      giveUp();
      throw new StoreUnavailable(`the lock server: ${(cause as Error).message}`, { cause });
    } finally {
      stop.abort();
    }
  }

  /** Asks; a session that does not answer is no longer one. */
  const ask = <T>(session: LockSession, work: Promise<T>): Promise<T> => inTime(work, () => drop(session));

  void keepOne();
  return {
    async tryLock(key) {
      const session = await take();
      const tried = await ask(session, session.tryLock(key));
      if (tried === true) {
        const token = `${holder}:${randomUUID()}`;
        held.set(token, { key, session });
        return { kind: 'locked', token };
      }
      giveBack(session);
      const { leftMs } = tried;
      return { kind: 'held', ...(leftMs !== undefined && { retryAfterMs: Math.max(0, leftMs) }) };
    },

    async extend(key, token) {
      const lock = held.get(token);
      if (lock?.key !== key) return false;
      // A session that does not answer is ended, and takes the lock along: that is known, and no outage.
      const holds = await ask(lock.session, lock.session.holds(key)).catch(() => false);
      if (!holds && held.has(token)) drop(lock.session);
      return holds;
    },

    async unlock(key, token) {
      const lock = held.get(token);
      if (lock?.key !== key) return;
      held.delete(token);
      await ask(lock.session, lock.session.unlock(key));
      giveBack(lock.session);
    },

    ready: () => all.size > 0,
    close() {
      closed = true;
      for (const session of [...all]) drop(session);
    },
  };
}
