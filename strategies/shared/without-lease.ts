import { Contended, OriginFailed } from '../contract/errors.ts';
import { type Answer, isFresh, isStored, type Parts } from '../contract/index.ts';
import { Pauses } from './bounded/pauses.ts';
import { CappedFlight } from './capped-flight.ts';
import { collapsed } from './flight.ts';
import type { RecomputeCap } from './recompute-cap.ts';
import { store, unstoredEntry } from './store.ts';

/**
 * Recomputes keys while no lease can be had. It writes under the fence that it saw, where writes work, so it never overwrites
 * a newer value. If the origin failed, or the value could not be stored, {@link isPausing} says for `backoffMs` that
 * the key is better left alone.
 */
export class LeaselessRefill<V> {
  readonly #parts: Pick<Parts<V>, 'cache' | 'origin'>;
  readonly #pauses: Pauses;

  constructor({ cache, origin, clock, options }: Parts<V>, pauses = new Pauses(clock, options)) {
    this.#parts = { cache, origin };
    this.#pauses = pauses;
  }

  isPausing(key: string): boolean {
    return this.#pauses.of(key) !== undefined;
  }

  /** Recomputes the key, unless it is fresh by now. Throws the origin's last failure while the key pauses for that. */
  async run(key: string): Promise<Answer<V>> {
    const { cache, origin } = this.#parts;
    const { entry, fence, atStoreMs: seenStoreMs, newestVersion: replaces } = await cache.read(key);
    if (isFresh(entry)) return { entry, served: 'waited' };
    const failure = this.#pauses.of(key)?.failure;
    if (failure) throw failure;
    try {
      const made = await origin.recompute(key, { seenStoreMs, replaces });
      const stored = await store(cache, key, made, { seenFence: fence });
      if (stored && isStored(stored)) {
        this.#pauses.end(key);
        return { entry: stored, served: 'recomputed' };
      }
      this.#pauses.begin(key);
      // A refused write means that the store knows something newer.
      const newer = stored ? undefined : (await cache.read(key)).entry;
      return { entry: newer ?? unstoredEntry(made, fence), served: 'recomputed' };
    } catch (error) {
      if (error instanceof OriginFailed) this.#pauses.begin(key, error);
      throw error;
    }
  }
}

/**
 * Gives a function that serves a key while no lease can be had: what the store has, fresh or stale. The process refreshes a
 * stale value in the background and fills a missing one through its own flight, so each process of the fleet recomputes once.
 */
export function withoutLease<V>(
  parts: Parts<V>,
  cap: Pick<RecomputeCap, 'now'>,
  pauses: Pauses,
): (key: string, signal?: AbortSignal) => Promise<Answer<V>> {
  const { cache, options } = parts;
  const refill = new LeaselessRefill(parts, pauses);
  const flight = new CappedFlight<Answer<V>>(cap);

  function refresh(key: string): void {
    if (!flight.has(key) && !refill.isPausing(key)) flight.join(key, () => refill.run(key)).catch(() => {});
  }

  return async (key, signal) => {
    for (let round = 0; round < options.maxRounds; round++) {
      const { entry, fence } = await cache.read(key);
      if (isFresh(entry)) return { entry, served: 'hit' };
      if (entry) {
        refresh(key);
        return { entry, served: 'stale' };
      }
      const answer = collapsed(await flight.join(key, () => refill.run(key), signal));
      // An answer older than this caller's own look was invalidated or replaced before the caller came: look again.
      if (answer.entry.fence >= fence) return answer;
    }
    throw new Contended(
      `${key} was invalidated ${options.maxRounds} times while it was being filled; try again`,
      {
        key,
      },
    );
  };
}
