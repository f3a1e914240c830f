import type { Cache, Clock, Options, Parts } from '../contract/index.ts';

/** The key that is looked at to find out. No user's key has a slash: a value that cannot be read proves nothing. */
const PROBE_KEY = 'dogpile/probe';

/**
 * Knows whether a process may call the store. After two failures in a row (the second by a look or by the
 * repeated call) the process leaves the store alone for `storeRetryMs`; then one caller tries it for all.
 */
export class StoreHealth {
  readonly #cache: Pick<Cache<unknown>, 'read'>;
  readonly #clock: Clock;
  readonly #options: Options;
  readonly #onReturn: () => void;
  #state: 'up' | 'down' | 'trying' = 'up';
  #retryAt = 0;
  #doubt: Promise<boolean> | undefined;

  /** Calls `onReturn` when a store that was gone is back. */
  constructor(
    { cache, clock, options }: Pick<Parts<unknown>, 'cache' | 'clock' | 'options'>,
    onReturn: () => void,
  ) {
    this.#onReturn = onReturn;
    this.#cache = cache;
    this.#clock = clock;
    this.#options = options;
  }

  /** Tells whether to call the store; when it is time to retry, finds out with a look. */
  async isUp(): Promise<boolean> {
    if (this.#state === 'up') return true;
    if (this.#state === 'trying' || this.#clock.now() < this.#retryAt) return false;
    this.#state = 'trying';
    return this.#try();
  }

  /**
   * Looks again after a call without an answer; all callers share the look. A process that was frozen would otherwise take
   * its own silence for the store's.
   */
  async answersAfterAll(): Promise<boolean> {
    if (this.#state !== 'up') return false;
    this.#doubt ??= this.#try().finally(() => {
      this.#doubt = undefined;
    });
    return this.#doubt;
  }

  /** Takes the store for gone until the next retry. */
  leaveAlone(): void {
    this.#state = 'down';
    this.#retryAt = this.#clock.now() + this.#options.storeRetryMs;
  }

  async #try(): Promise<boolean> {
    try {
      await this.#cache.read(PROBE_KEY);
      if (this.#state === 'trying') this.#onReturn();
      this.#state = 'up';
    } catch {
      this.leaveAlone();
    }
    return this.#state === 'up';
  }
}
