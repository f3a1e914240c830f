import type { OriginFailed } from '../contract/errors.ts';

/** The most keys remembered, so that a flood of failing keys takes no memory. */
const MAX_KEYS = 100;

/** Remembers the origin's last failure of each key, for callers who learn from the store only how often it failed. */
export class LastFailures {
  readonly #failures = new Map<string, OriginFailed>();

  remember(key: string, failure: OriginFailed): void {
    this.#failures.delete(key);
    this.#failures.set(key, failure);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_KEYS && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** Forgets the key's failure: it has a good value again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  of(key: string): OriginFailed | undefined {
    return this.#failures.get(key);
  }
}
