/** More keys than a lab has; a forgotten one only makes the origin tell an expiry by the time instead. */
const MOST_KEYS = 1000;

/** The newest version of each key that this replica has seen stored: what its next recompute is to replace. */
export class NewestSeen {
  readonly #versions = new Map<string, number>();

  see(key: string, version: number): void {
    if (version <= this.of(key)) return;
    this.#versions.delete(key);
    this.#versions.set(key, version);
    if (this.#versions.size <= MOST_KEYS) return;
    const [oldest = key] = this.#versions.keys();
    this.#versions.delete(oldest);
  }

  /** 0 when none was seen. */
  of(key: string): number {
    return this.#versions.get(key) ?? 0;
  }
}
