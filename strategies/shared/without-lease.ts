import { OriginFailed } from '../contract/errors.ts';
import { type Answer, type Clock, isFresh, isStored, type Parts } from '../contract/index.ts';
import type { CappedFlight } from './capped-flight.ts';
import { collapsed } from './flight.ts';
import { store, unstoredEntry } from './store.ts';

/** Serves a key from the store while no lease can be had. */
export interface WithoutLease<V> {
  get(key: string, signal?: AbortSignal): Promise<Answer<V>>;
  /** Recomputes a value that is past its TTL, unless the process is at it, or was a moment ago. Nobody waits for it. */
  refresh(key: string): void;
}

/**
 * Serves what the store has, fresh or stale. The process recomputes through its own flight, so the fleet recomputes once per
 * process. It writes under the fence that it saw, where writes work, so a newer value is never overwritten. If the origin
 * failed, or the value could not be stored, the process leaves the key alone for `backoffMs`.
 */
export function withoutLease<V>(
  { cache, origin, clock, options }: Parts<V>,
  flight: CappedFlight<Answer<V>>,
): WithoutLease<V> {
  const pauses = new Pauses(clock, options.backoffMs);

  async function refill(key: string): Promise<Answer<V>> {
    const { entry, fence, atStoreMs: seenStoreMs, newestVersion: replaces } = await cache.read(key);
    if (isFresh(entry)) return { entry, served: 'waited' };
    const failure = pauses.of(key)?.failure;
    if (failure) throw failure;
    try {
      const made = await origin.recompute(key, { seenStoreMs, replaces });
      const stored = (await store(cache, key, made, { seenFence: fence })) ?? unstoredEntry(made, fence);
      if (isStored(stored)) pauses.end(key);
      else pauses.begin(key);
      return { entry: stored, served: 'recomputed' };
    } catch (error) {
      if (error instanceof OriginFailed) pauses.begin(key, error);
      throw error;
    }
  }

  function refresh(key: string): void {
    if (!flight.has(key) && !pauses.of(key)) flight.join(key, () => refill(key)).catch(() => {});
  }

  return {
    refresh,
    async get(key, signal) {
      const { entry } = await cache.read(key);
      if (isFresh(entry)) return { entry, served: 'hit' };
      if (!entry) return collapsed(await flight.join(key, () => refill(key), signal));
      refresh(key);
      return { entry, served: 'stale' };
    },
  };
}

/** The most keys remembered, so that a flood of keys takes no memory. */
const MOST_KEYS = 1000;

interface Pause {
  readonly until: number;
  readonly failure: OriginFailed | undefined;
}

/** The keys that a process leaves alone for a while, and why. */
class Pauses {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lastsMs: number;
  readonly #pauses = new Map<string, Pause>();

  constructor(clock: Pick<Clock, 'now'>, lastsMs: number) {
    this.#clock = clock;
    this.#lastsMs = lastsMs;
  }

  of(key: string): Pause | undefined {
    const pause = this.#pauses.get(key);
    return pause && this.#clock.now() < pause.until ? pause : undefined;
  }

  begin(key: string, failure?: OriginFailed): void {
    this.#pauses.delete(key);
    this.#pauses.set(key, { until: this.#clock.now() + this.#lastsMs, failure });
    const [oldest] = this.#pauses.keys();
    if (this.#pauses.size > MOST_KEYS && oldest !== undefined) this.#pauses.delete(oldest);
  }

  end(key: string): void {
    this.#pauses.delete(key);
  }
}
