/** A time from one moment to another. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Times in their order. Those that touch are one. */
export class Spans {
  readonly #from: number[] = [];
  readonly #until: number[] = [];
  /** How long those before each one are together. */
  readonly #before: number[] = [];
  /** How long all of them are together. */
  readonly totalMs: number;

  constructor(spans: readonly Span[]) {
    for (const { from, until } of spans.toSorted((a, b) => a.from - b.from)) {
      const last = this.#until.length - 1;
      if (last >= 0 && from <= (this.#until[last] as number))
        this.#until[last] = Math.max(this.#until[last] as number, until);
      else {
        this.#from.push(from);
        this.#until.push(until);
      }
    }
    let totalMs = 0;
    for (const [index, from] of this.#from.entries()) {
      this.#before.push(totalMs);
      totalMs += (this.#until[index] as number) - from;
    }
    this.totalMs = totalMs;
  }

  /** Gives the index of the first that has a moment in common with this time; undefined: none has. */
  meeting(from: number, until: number): number | undefined {
    const index = this.#firstEndingSince(from);
    return index < this.#from.length && (this.#from[index] as number) <= until ? index : undefined;
  }

  /** Gives how much of this time they cover. */
  coveredMs(from: number, until: number): number {
    return this.meeting(from, until) === undefined ? 0 : this.#coveredUntil(until) - this.#coveredUntil(from);
  }

  #coveredUntil(moment: number): number {
    const index = this.#firstEndingSince(moment);
    if (index === this.#from.length) return this.totalMs;
    return (this.#before[index] as number) + Math.max(0, moment - (this.#from[index] as number));
  }

  #firstEndingSince(moment: number): number {
    let [low, high] = [0, this.#until.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#until[middle] as number) < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
