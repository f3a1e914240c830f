import type { Clock, StoreMs } from '../../strategies/contract/index.ts';

/** A sample of the clocks counts for this long at least, and for twice as long at most. */
const WINDOW_MS = 10_000;

/**
 * Bounds the age of moments of the store's clock without comparing clocks: the store read its clock after the question was
 * sent. So at any time at least as much time has passed by the store's clock as since that question. The bound is too high
 * by the way of the quickest question of the last 10 s. If the store's clock is set, it is wrong until those samples are
 * forgotten.
 */
export class StoreClock {
  readonly #clock: Pick<Clock, 'now'>;
  /** The largest known value of (time when a question was sent − the store's clock), in this window and the one before. */
  #largest: number | undefined;
  #before: number | undefined;
  #windowEnds = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Call it as a question is sent, and the returned function with the store's time in the answer. */
  asking(): (atStoreMs: StoreMs) => void {
    const sentAt = this.#clock.now();
    return (atStoreMs) => {
      if (sentAt >= this.#windowEnds) {
        this.#before = this.#largest;
        this.#largest = undefined;
        this.#windowEnds = sentAt + WINDOW_MS;
      }
      this.#largest = Math.max(this.#largest ?? Number.NEGATIVE_INFINITY, sentAt - atStoreMs);
    };
  }

  /** Forgets what it knows: another server may have another clock. */
  forget(): void {
    this.#largest = undefined;
    this.#before = undefined;
    this.#windowEnds = Number.NEGATIVE_INFINITY;
  }

  /** Gives the most that this moment may be old; undefined if there is no sample. */
  mostAgeMs(atStoreMs: StoreMs): number | undefined {
    if (this.#largest === undefined) return undefined;
    const offset = Math.max(this.#largest, this.#before ?? Number.NEGATIVE_INFINITY);
    return Math.max(0, this.#clock.now() - offset - atStoreMs);
  }
}
