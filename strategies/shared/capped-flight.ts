import { Overloaded } from '../contract/errors.ts';
import { Flight } from './flight.ts';

/** A flight with at most so many keys at once. A caller who would start one more gets {@link Overloaded}. */
export class CappedFlight<R> {
  readonly #flight = new Flight<R>();
  readonly #cap: number;
  #keys = 0;

  constructor(cap: number) {
    this.#cap = cap;
  }

  has(key: string): boolean {
    return this.#flight.has(key);
  }

  /** As {@link Flight.join}. */
  join(key: string, call: () => Promise<R>, signal?: AbortSignal): Promise<{ result: R; led: boolean }> {
    return this.#flight.join(key, () => this.#count(call), signal);
  }

  async #count(call: () => Promise<R>): Promise<R> {
    if (this.#keys >= this.#cap)
      throw new Overloaded(
        `without store or lease at most ${this.#cap} keys are recomputed at once; try again`,
      );
    this.#keys += 1;
    try {
      return await call();
    } finally {
      this.#keys -= 1;
    }
  }
}
