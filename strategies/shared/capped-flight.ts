import { Flight } from './flight.ts';
import type { RecomputeCap } from './recompute-cap.ts';

/** A flight that starts a call only if the cap has room for the key. Otherwise its caller gets {@link Overloaded} at once. */
export class CappedFlight<R> {
  readonly #flight = new Flight<R>();
  readonly #cap: Pick<RecomputeCap, 'now'>;

  constructor(cap: Pick<RecomputeCap, 'now'>) {
    this.#cap = cap;
  }

  has(key: string): boolean {
    return this.#flight.has(key);
  }

  /** As {@link Flight.join}. */
  join(key: string, call: () => Promise<R>, signal?: AbortSignal): Promise<{ result: R; led: boolean }> {
    return this.#flight.join(key, () => this.#cap.now(key, call), signal);
  }
}
