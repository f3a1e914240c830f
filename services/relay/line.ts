import type { Socket } from 'node:net';
import { type Delay, drawMs, longestMs } from './delay.ts';

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

/** What a line takes from outside. */
export interface LineTools {
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** One direction of a connection. Bytes leave in the order in which they came; they can be held, delayed or lost. */
export class Line {
  readonly #to: Socket;
  readonly #tools: LineTools;
  /** What is held: the piece that stopped, and what came behind it. */
  #held: Piece[] = [];
  #late: Late[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #delay: Delay;

  constructor(to: Socket, delay: Delay, tools: LineTools) {
    this.#to = to;
    this.#delay = delay;
    this.#tools = tools;
  }

  /** Replaces the delay. A shorter one also holds for what is late already. */
  set delay(delay: Delay) {
    this.#delay = delay;
    const latestMs = this.#tools.now() + longestMs(delay);
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
    if (longestMs(this.#delay) === 0 && this.#late.length === 0) {
      this.#send(bytes);
      return;
    }
    this.#late.push({ atMs: this.#tools.now() + drawMs(this.#delay, this.#tools.random), bytes });
    if (this.#late.length === 1) this.#wait();
  }

  #wait(): void {
    const [next] = this.#late;
    if (next) this.#timer = setTimeout(() => this.#sendDue(), next.atMs - this.#tools.now());
  }

  #sendDue(): void {
    // In the order in which they came: after a change of the delay, a later one may be due before the first.
    for (let next = this.#late[0]; next && next.atMs <= this.#tools.now(); next = this.#late[0]) {
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
