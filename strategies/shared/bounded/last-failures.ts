import type { OriginFailed } from '../../contract/errors.ts';
import { RecentKeys } from './recent-keys.ts';

/** The most keys remembered. */
const MAX_KEYS = 100;

/** Remembers the origin's last failure of each key, for callers who learn from the store only how often it failed. */
export class LastFailures {
  readonly #failures = new RecentKeys<OriginFailed>(MAX_KEYS);

  remember(key: string, failure: OriginFailed): void {
    this.#failures.set(key, failure);
  }

  /** Forgets the key's failure: it has a good value again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  of(key: string): OriginFailed | undefined {
    return this.#failures.get(key);
  }
}
