import type { Clock, Entry } from '../../strategies/contract/index.ts';
import type { Fill } from './entry.ts';
import type { StoreClock } from './store-clock.ts';

/** Hears for one watch. Remembers what it hears between the watch and the wait, so that nothing is lost. */
export class Listener<V> {
  readonly #clock: Clock;
  readonly #storeClock: StoreClock;
  readonly #since: number;
  #newest: Fill<V> | undefined;
  /** Whether a release, a failure or a new connection calls for another look, at most once too often. */
  #needsLook = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, storeClock: StoreClock) {
    this.#clock = clock;
    this.#storeClock = storeClock;
    this.#since = clock.now();
  }

  hear(fill: Fill<V> | undefined) {
    if (!fill) this.#needsLook = true;
    else if (fill.fence > (this.#newest?.fence ?? 0)) this.#newest = fill;
    this.#wake?.();
  }

  /**
   * Resolves at the first fill under `fence` or a newer one, when another look is called for, or after `timeoutMs`. A fill
   * whose value did not come along, or may be due by now, calls for one look.
   */
  filled(fence: number, timeoutMs: number): Promise<Entry<V> | undefined> {
    return new Promise((resolve) => {
      const answer = (timedOut: boolean) => {
        const fill = this.#newest && this.#newest.fence >= fence ? this.#newest : undefined;
        if (!fill && !this.#needsLook && !timedOut) return;
        stop();
        this.#needsLook = false;
        this.#wake = undefined;
        const entry = fill && this.#aged(fill);
        if (fill && !entry) this.#newest = undefined;
        resolve(entry);
      };
      const stop = this.#clock.after(timeoutMs, () => answer(true));
      this.#wake = () => answer(false);
      this.#wake();
    });
  }

  /** Gives the entry with the time that it has left now, whenever its message came; undefined if it may be due. */
  #aged({ entry, atStoreMs }: Fill<V>): Entry<V> | undefined {
    if (!entry) return undefined;
    // A waiter was refused the lease since it began to listen, so the fill is not older than that.
    const ageMs = this.#storeClock.mostAgeMs(atStoreMs) ?? this.#clock.now() - this.#since;
    if (entry.softTtlMs <= ageMs) return undefined;
    return { ...entry, softTtlMs: entry.softTtlMs - ageMs, hardTtlMs: entry.hardTtlMs - ageMs };
  }
}
