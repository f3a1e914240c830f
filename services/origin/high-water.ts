/** A little longer than a scrape interval. A reading covers one to two windows, so at least one scrape has each peak. */
const WINDOW_MS = 1100;

/** The highest level of the last second or two, which a gauge that is read once per second would miss. */
export class HighWater {
  readonly #now: () => number;
  #level = 0;
  #window = 0;
  #highest = 0;
  #highestBefore = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(change: number): void {
    this.#turn();
    this.#level += change;
    this.#highest = Math.max(this.#highest, this.#level);
  }

  get level(): number {
    return this.#level;
  }

  get highest(): number {
    this.#turn();
    return Math.max(this.#highest, this.#highestBefore);
  }

  #turn(): void {
    const window = Math.floor(this.#now() / WINDOW_MS);
    if (window === this.#window) return;
    this.#highestBefore = window === this.#window + 1 ? this.#highest : this.#level;
    this.#highest = this.#level;
    this.#window = window;
  }
}
