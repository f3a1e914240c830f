import type { Cache, StoreMs } from '../strategies/contract/index.ts';

/** More keys than a lab has. For a forgotten key the origin only has to tell expiries apart by time. */
const MOST_KEYS = 1000;
/** Longer than anybody takes from the look that shows a need to the request to the origin. */
const KEEP_MS = 10_000;

interface Sight {
  readonly version: number;
  readonly atStoreMs: StoreMs;
}

/**
 * The versions that this process has seen stored, and when, by the store's clock. So the newest version before a look is
 * known even if the process has handled later answers of the store meanwhile.
 */
export class NewestSeen {
  readonly #keys = new Map<string, Sight[]>();

  see(key: string, version: number, atStoreMs: StoreMs): void {
    const sights = this.#sightsOf(key);
    if (version <= (sights.at(-1)?.version ?? 0)) return;
    sights.push({ version, atStoreMs });
    while (sights[1] && sights[1].atStoreMs < atStoreMs - KEEP_MS) sights.shift();
  }

  /** Gives the newest version of the key that was seen stored by then; 0 when none was. */
  by(key: string, storeMs: StoreMs): number {
    return this.#keys.get(key)?.findLast((sight) => sight.atStoreMs <= storeMs)?.version ?? 0;
  }

  #sightsOf(key: string): Sight[] {
    const known = this.#keys.get(key);
    if (known) return known;
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined && this.#keys.size >= MOST_KEYS) this.#keys.delete(oldest);
    const sights: Sight[] = [];
    this.#keys.set(key, sights);
    return sights;
  }
}

/** Wraps a cache so that `newestSeen` knows the versions that it reads and writes. */
export const withNewestSeen = <V>(cache: Cache<V>, newestSeen: NewestSeen): Cache<V> => ({
  ...cache,
  async read(key) {
    const reading = await cache.read(key);
    if (reading.entry) newestSeen.see(key, reading.entry.version, reading.atStoreMs);
    return reading;
  },
  async commit(key, made, condition) {
    const committed = await cache.commit(key, made, condition);
    if (committed.outcome === 'accepted') newestSeen.see(key, made.version, committed.atStoreMs);
    return committed;
  },
});
