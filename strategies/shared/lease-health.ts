import { LeaseUnavailable } from '../contract/errors.ts';
import type { Clock, Lease, Options } from '../contract/index.ts';

/**
 * Knows whether a process can have a lease. After a failure it leaves the lease alone for `storeRetryMs`, then one caller
 * tries it for all. Values can still be read meanwhile: a dead lock server, or a store that refuses writes, takes no more
 * than the lease.
 */
export class LeaseHealth {
  readonly #clock: Clock;
  readonly #retryMs: number;
  #retryAt: number | undefined;

  constructor(clock: Clock, { storeRetryMs }: Pick<Options, 'storeRetryMs'>) {
    this.#clock = clock;
    this.#retryMs = storeRetryMs;
  }

  /** Wraps a lease so that it fails at once while it is left alone. */
  guard<V>(lease: Lease<V>): Lease<V> {
    return {
      ...lease,
      acquire: async (key, seenVersion) => {
        const now = this.#clock.now();
        if (this.#retryAt !== undefined && now < this.#retryAt)
          throw new LeaseUnavailable('the lease could not be had a moment ago', { key });
        // Everybody else leaves it alone while this caller tries.
        if (this.#retryAt !== undefined) this.#retryAt = now + this.#retryMs;
        try {
          const acquired = await lease.acquire(key, seenVersion);
          this.#retryAt = undefined;
          return acquired;
        } catch (error) {
          if (error instanceof LeaseUnavailable) this.#retryAt = this.#clock.now() + this.#retryMs;
          throw error;
        }
      },
    };
  }
}
