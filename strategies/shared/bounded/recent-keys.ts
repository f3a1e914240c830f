/** A map that keeps the keys that were set last, so that a flood of keys takes no memory. */
export class RecentKeys<T> {
  readonly #values = new Map<string, T>();
  readonly #most: number;
  readonly #onDrop: (value: T) => void;

  /** Calls `onDrop` with the value of each key that it drops because there are more than `most`. */
  constructor(most: number, onDrop: (value: T) => void = () => {}) {
    this.#most = most;
    this.#onDrop = onDrop;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Sets the key's value, and drops the one that was set longest ago if there are too many. */
  set(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values;
    if (!oldest) return;
    this.#values.delete(oldest[0]);
    this.#onDrop(oldest[1]);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
