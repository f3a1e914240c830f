import { setTimeout as sleep } from 'node:timers/promises';
import { type Deadline, inTime } from './in-time.ts';

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

/** How many sessions without a lock are kept. */
const SPARE = 2;
const RECONNECT_MS = 50;

/**
 * Sessions of a lock server. One at least is open while the server answers, so that somebody finds out when a server
 * that was lost is back. A session that failed or answered late is ended, and with it whatever it may have been granted.
 */
export class SessionPool {
  readonly #open: OpenSession;
  readonly #deadline: Deadline;
  readonly #onEnd: (session: LockSession) => void;
  readonly #all = new Set<LockSession>();
  readonly #spare = new Set<LockSession>();
  #isConnecting = false;
  #isClosed = false;

  /** Calls `onEnd` for each session that ends, whoever ended it; maybe more than once. */
  constructor(open: OpenSession, timeoutMs: number, onEnd: (session: LockSession) => void) {
    this.#open = open;
    this.#deadline = { timeoutMs, target: 'the lock server' };
    this.#onEnd = onEnd;
    void this.#keepOne();
  }

  get isConnected(): boolean {
    return this.#all.size > 0;
  }

  /** A session that nobody else uses, until it is given back or dropped. */
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

  /** Awaits what was asked of a session, and drops the session if it does not answer. */
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
