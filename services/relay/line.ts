import type { Socket } from 'node:net';

/** Bytes on their way, and what to ask when their turn comes: true stops them here. */
interface Piece {
  readonly bytes: Buffer;
  readonly stops: () => boolean;
}

/** Bytes that are late, or the end of the stream. */
interface Late {
  readonly atMs: number;
  readonly bytes: Buffer | undefined;
}

/** One direction of a connection. Bytes leave in the order in which they came; they can be held, delayed or lost. */
export class Line {
  readonly #to: Socket;
  readonly #now: () => number;
  /** What is held: the piece that stopped, and what came behind it. */
  #held: Piece[] = [];
  #late: Late[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #delayMs: number;

  constructor(to: Socket, delayMs: number, now: () => number = () => performance.now()) {
    this.#to = to;
    this.#delayMs = delayMs;
    this.#now = now;
  }

  /** Replaces the delay. A shorter one also holds for what is late already. */
  set delayMs(ms: number) {
    this.#delayMs = ms;
    const latestMs = this.#now() + ms;
    this.#late = this.#late.map(({ atMs, bytes }) => ({ atMs: Math.min(atMs, latestMs), bytes }));
    clearTimeout(this.#timer);
    this.#sendDue();
  }

  /** Sends bytes on, behind all that came before. `stops` is called when it is their turn. */
  pass(bytes: Buffer, stops: () => boolean = () => false): void {
    if (this.#held.length > 0 || stops()) this.#held.push({ bytes, stops });
    else this.#forward(bytes);
  }

  /** Lets go what is held. Something behind it may stop again. */
  release(): void {
    const [first, ...behind] = this.#held;
    if (!first) return;
    this.#held = [];
    this.#forward(first.bytes);
    for (const { bytes, stops } of behind) this.pass(bytes, stops);
  }

  /** Ends the stream. What is held is lost; what is late arrives first. */
  end(): void {
    this.#held = [];
    this.#forward(undefined);
  }

  /** Loses everything that is held or late. */
  lose(): void {
    this.#ended = true;
    this.#held = [];
    this.#late = [];
    clearTimeout(this.#timer);
  }

  #forward(bytes: Buffer | undefined): void {
    if (this.#ended) return;
    if (bytes === undefined) this.#ended = true;
    if (this.#delayMs === 0 && this.#late.length === 0) {
      this.#send(bytes);
      return;
    }
    this.#late.push({ atMs: this.#now() + this.#delayMs, bytes });
    if (this.#late.length === 1) this.#wait();
  }

  #wait(): void {
    const [next] = this.#late;
    if (next) this.#timer = setTimeout(() => this.#sendDue(), next.atMs - this.#now());
  }

  #sendDue(): void {
    // In the order in which they came: after a change of the delay, a later one may be due before the first.
    for (let next = this.#late[0]; next && next.atMs <= this.#now(); next = this.#late[0]) {
      this.#late.shift();
      this.#send(next.bytes);
    }
    this.#wait();
  }

  #send(bytes: Buffer | undefined): void {
    if (bytes) this.#to.write(bytes);
    else this.#to.end();
  }
}
