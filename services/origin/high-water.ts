/** A little longer than a scrape interval; a reading covers one to two of these, so each peak is in at least one scrape. */
const WINDOW_MS = 1100;

/** The highest level of the last second or two: what a gauge that is looked at once a second would miss. */
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
