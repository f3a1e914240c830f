/**
 * Columns of numbers over time, in bins of equal width. The bins get twice as wide whenever they would be too many, so that
 * nobody needs to know how long a run will last, and a long run needs no more memory than a short one.
 */
export class Bins<Sum extends string, Most extends string = never> {
  readonly #from: number;
  readonly #most: number;
  readonly #sums = new Map<Sum, number[]>();
  readonly #peaks = new Map<Most, number[]>();
  #widthMs = 1;
  #length = 0;

  /** `most`: how many bins there may be, an even number. */
  constructor(fromMs: number, most: number) {
    this.#from = fromMs;
    this.#most = most;
  }

  get widthMs(): number {
    return this.#widthMs;
  }

  /** How many bins there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds to a column. A moment before the first bin counts as in it. */
  add(column: Sum, atMs: number, amount = 1): void {
    const bin = this.#binAt(atMs);
    const sums = columnIn(this.#sums, column);
    sums[bin] = (sums[bin] ?? 0) + amount;
  }

  /** Raises a column to this value if it is below. */
  raise(column: Most, atMs: number, value: number): void {
    const bin = this.#binAt(atMs);
    const peaks = columnIn(this.#peaks, column);
    peaks[bin] = Math.max(peaks[bin] ?? 0, value);
  }

  /** Gives the names of the columns of sums. */
  sumNames(): Sum[] {
    return [...this.#sums.keys()];
  }

  /** Gives a column of sums. */
  sums(column: Sum): number[] {
    return this.#filled(this.#sums.get(column));
  }

  /** Gives a column of peaks. */
  peaks(column: Most): number[] {
    return this.#filled(this.#peaks.get(column));
  }

  #filled(column: readonly number[] = []): number[] {
    return Array.from({ length: this.#length }, (_, bin) => column[bin] ?? 0);
  }

  #binAt(atMs: number): number {
    for (;;) {
      const bin = Math.max(0, Math.floor((atMs - this.#from) / this.#widthMs));
      if (bin < this.#most) {
        this.#length = Math.max(this.#length, bin + 1);
        return bin;
      }
      this.#widen();
    }
  }

  #widen(): void {
    this.#widthMs *= 2;
    this.#length = Math.ceil(this.#length / 2);
    for (const sums of this.#sums.values()) halve(sums, (a, b) => a + b);
    for (const peaks of this.#peaks.values()) halve(peaks, Math.max);
  }
}

function columnIn<N extends string>(columns: Map<N, number[]>, name: N): number[] {
  const known = columns.get(name);
  if (known) return known;
  const column: number[] = [];
  columns.set(name, column);
  return column;
}

/** Merges each two neighbours, in place. */
function halve(column: number[], merge: (a: number, b: number) => number): void {
  const length = Math.ceil(column.length / 2);
  for (let bin = 0; bin < length; bin++) column[bin] = merge(column[2 * bin] ?? 0, column[2 * bin + 1] ?? 0);
  column.length = length;
}
