import { setTimeout as sleep } from 'node:timers/promises';
import { type Deadline, inTime } from './in-time.ts';

/** A connection to a server whose locks end with the connection. It sends one question at a time. */
export interface LockSession {
  /** Tries to lock. True: it has the lock. Else `leftMs` is the time until the server ends the holder's session, if known. */
  tryLock(key: string): Promise<true | { readonly leftMs?: number | undefined }>;
  /** Tells whether this session still has the lock. The question also breaks the session's silence. */
  holds(key: string): Promise<boolean>;
  unlock(key: string): Promise<void>;
  /** Ends the session at once, even in the middle of a question. */
  end(): void;
}

/** Connects. Calls `onLost` at most once, when either side has ended the connection. */
export type OpenSession = (onLost: () => void) => Promise<LockSession>;

/** How many sessions without a lock the pool keeps. */
const SPARE = 2;
const RECONNECT_MS = 50;

/**
 * Sessions with a lock server. The pool keeps at least one open, so that it notices when a lost server is back. It ends a
 * session that failed or answered late, and with it any lock that the session may have been granted.
 */
export class SessionPool {
  readonly #open: OpenSession;
  readonly #deadline: Deadline;
  readonly #onEnd: (session: LockSession) => void;
  readonly #all = new Set<LockSession>();
  readonly #spare = new Set<LockSession>();
  #isConnecting = false;
  #isClosed = false;

  /** Calls `onEnd` for each session that either side ends, possibly more than once. */
  constructor(open: OpenSession, timeoutMs: number, onEnd: (session: LockSession) => void) {
    this.#open = open;
    this.#deadline = { timeoutMs, target: 'the lock server' };
    this.#onEnd = onEnd;
    void this.#keepOne();
  }

  get isConnected(): boolean {
    return this.#all.size > 0;
  }

  /** Gives a session that nobody else uses until you give it back or drop it. */
  async take(): Promise<LockSession> {
    const [session] = this.#spare;
    if (!session) return this.#connect();
    this.#spare.delete(session);
    return session;
  }

  giveBack(session: LockSession): void {
    if (this.#isClosed || this.#spare.size >= SPARE) this.drop(session);
    else if (this.#all.has(session)) this.#spare.add(session);
  }

  drop(session: LockSession): void {
    session.end();
    this.#forget(session);
  }

  /** Awaits a session's answer. Drops the session if it fails or is late. */
  ask<T>(session: LockSession, work: Promise<T>): Promise<T> {
    return inTime(this.#deadline, work, () => this.drop(session));
  }

  close(): void {
    this.#isClosed = true;
    for (const session of [...this.#all]) this.drop(session);
  }

  async #connect(): Promise<LockSession> {
    let session: LockSession | undefined;
    const opening = this.#open(() => this.#forget(session));
    const endLate = () => opening.then((late) => late.end()).catch(() => {});
    session = await inTime(this.#deadline, opening, endLate);
    this.#all.add(session);
    return session;
  }

  #forget(session: LockSession | undefined): void {
    if (!session) return;
    this.#all.delete(session);
    this.#spare.delete(session);
    this.#onEnd(session);
    void this.#keepOne();
  }

  async #keepOne(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    while (!this.#isClosed && this.#all.size === 0) {
      const session = await this.#connect().catch(() => undefined);
      if (session) this.giveBack(session);
      else await sleep(RECONNECT_MS, undefined, { ref: false });
    }
    this.#isConnecting = false;
  }
}
