import { connect, type Socket } from 'node:net';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';

/** An answer of the meta protocol: its return code, its flags by their letters, and the value if it has one. */
export interface MetaAnswer {
  readonly code: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly value?: string;
}

type Waiting = { resolve(answer: MetaAnswer): void; reject(error: Error): void; timer: NodeJS.Timeout };

const RECONNECT_MS = 50;

/**
 * One connection to one memcached that speaks meta commands: only they have a compare-and-delete, and no client on npm
 * speaks them. Answers come in the order of the questions, so a late answer ends the connection.
 */
export class MemcachedConnection {
  readonly #at: { host: string; port: number };
  readonly #timeoutMs: number;
  #socket: Socket | undefined;
  #waiting: Waiting[] = [];
  #received = '';
  #closed = false;
  isConnected = false;

  constructor(url: string, timeoutMs: number) {
    const { hostname, port } = new URL(url);
    this.#at = { host: hostname, port: Number(port || 11_211) };
    this.#timeoutMs = timeoutMs;
    this.#open();
  }

  /** Sends a command. Throws {@link StoreUnavailable} if there is no connection, or the answer is late. */
  ask(command: string, value?: string): Promise<MetaAnswer> {
    if (!this.isConnected) return Promise.reject(new StoreUnavailable('no connection to memcached'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#socket?.destroy(), this.#timeoutMs);
      this.#waiting.push({ resolve, reject, timer });
      this.#socket?.write(value === undefined ? `${command}\r\n` : `${command}\r\n${value}\r\n`);
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #open(): void {
    const socket = connect({ ...this.#at, noDelay: true }).setEncoding('latin1');
    this.#socket = socket;
    socket.on('connect', () => {
      this.isConnected = true;
    });
    socket.on('data', (text: string) => {
      this.#received += text;
      while (this.#takeAnswer());
    });
    // A `close` always follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isConnected = false;
      this.#received = '';
      for (const { reject, timer } of this.#waiting.splice(0)) {
        clearTimeout(timer);
        reject(new StoreUnavailable('memcached did not answer in time, or is gone'));
      }
      if (!this.#closed) setTimeout(() => this.#closed || this.#open(), RECONNECT_MS).unref();
    });
  }

  /** Gives the next answer to the oldest question; false while it is incomplete. */
  #takeAnswer(): boolean {
    const end = this.#received.indexOf('\r\n');
    if (end < 0) return false;
    const [code = '', ...words] = this.#received.slice(0, end).split(' ');
    const size = code === 'VA' ? Number(words.shift()) : undefined;
    const after = end + 2 + (size === undefined ? 0 : size + 2);
    if (this.#received.length < after) return false;
    const value = size === undefined ? {} : { value: this.#received.slice(end + 2, after - 2) };
    this.#received = this.#received.slice(after);
    const flags = Object.fromEntries(words.map((word) => [word.charAt(0), word.slice(1)]));
    const first = this.#waiting.shift();
    clearTimeout(first?.timer);
    first?.resolve({ code, flags, ...value });
    return true;
  }
}
