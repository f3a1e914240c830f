import { Overloaded } from '../contract/errors.ts';
import type { Clock, Options, Origin } from '../contract/index.ts';

/** How many keys a process recomputes at once just after an outage. */
const AFTER_OUTAGE = 4;

type Limits = Pick<Options, 'recomputeCap' | 'patienceMs'>;

/**
 * Bounds the number of keys that a process recomputes at once. Several calls for one key count once, so a strategy without
 * protection keeps its herd. After an outage the bound starts low and grows by one with each recompute that succeeds, up
 * to `recomputeCap`: the slow start of TCP (RFC 5681). So a fleet that finds its store empty does not ask the origin for
 * everything at once.
 */
export class RecomputeCap {
  readonly #clock: Clock;
  readonly #limits: Limits;
  /** The keys that are being recomputed, with the number of their calls. */
  readonly #calls = new Map<string, number>();
  /** The keys that wait for room, with what lets in each of their calls. The first one is next. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #limit: number;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#limit = limits.recomputeCap;
  }

  /** Starts low again: the store was gone, and may come back empty. */
  noteOutage(): void {
    this.#limit = Math.min(AFTER_OUTAGE, this.#limits.recomputeCap);
  }

  /** Runs a recompute of the key now. Throws {@link Overloaded} if as many keys as may be are being recomputed. */
  async now<R>(key: string, recompute: () => Promise<R>): Promise<R> {
    if (!this.#hasRoomFor(key))
      throw new Overloaded(`at most ${this.#limit} keys are recomputed at once; try again`, { key });
    this.#enter(key);
    return this.#run(key, recompute);
  }

  /** Wraps an origin so that a call waits for room, but no longer than the patience; then it throws {@link Overloaded}. */
  guard<V>(origin: Origin<V>): Origin<V> {
    return {
      recompute: async (key, context) => {
        if (this.#hasRoomFor(key)) this.#enter(key);
        else await this.#entrance(key, context.signal);
        return this.#run(key, () => origin.recompute(key, context));
      },
    };
  }

  #hasRoomFor(key: string): boolean {
    return this.#calls.has(key) || this.#calls.size < this.#limit;
  }

  #enter(key: string): void {
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1);
  }

  async #run<R>(key: string, recompute: () => Promise<R>): Promise<R> {
    try {
      const made = await recompute();
      this.#limit = Math.min(this.#limit + 1, this.#limits.recomputeCap);
      return made;
    } finally {
      const left = (this.#calls.get(key) ?? 1) - 1;
      if (left > 0) this.#calls.set(key, left);
      else this.#calls.delete(key);
      this.#letIn();
    }
  }

  /** Resolves once the call has entered. Rejects with the signal's reason, or when the patience is over. */
  #entrance(key: string, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const ofKey = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, ofKey);
    const stopWaiting = () => {
      stopTimer();
      signal?.removeEventListener('abort', leave);
      ofKey.delete(enter);
      if (ofKey.size === 0) this.#waiting.delete(key);
    };
    const enter = () => {
      stopWaiting();
      this.#enter(key);
      resolve();
    };
    const leave = () => {
      stopWaiting();
      reject(signal?.reason);
    };
    const stopTimer = this.#clock.after(this.#limits.patienceMs, () => {
      stopWaiting();
      reject(new Overloaded(`${this.#limit} other keys are being recomputed; try again`, { key }));
    });
    ofKey.add(enter);
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
    return promise;
  }

  /** Lets in all calls of the keys that wait, the first keys first, as far as there is room. */
  #letIn(): void {
    for (const [key, calls] of this.#waiting) {
      if (!this.#hasRoomFor(key)) return;
      for (const enter of [...calls]) enter();
    }
  }
}
