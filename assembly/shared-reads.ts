import type { Cache, Reading } from '../strategies/contract/index.ts';

/**
 * Wraps a cache so that concurrent reads of a key share one. No caller gets a look that is older than its call: those who
 * come during a read share the next one. So the load on the store falls as the load on the process rises.
 */
export function withSharedReads<V>(cache: Cache<V>): Cache<V> {
  const inFlight = new Map<string, Promise<Reading<V>>>();
  const next = new Map<string, Promise<Reading<V>>>();

  function start(key: string): Promise<Reading<V>> {
    const reading = cache.read(key).finally(() => {
      if (inFlight.get(key) === reading) inFlight.delete(key);
    });
    inFlight.set(key, reading);
    return reading;
  }

  function queueBehind(current: Promise<Reading<V>>, key: string): Promise<Reading<V>> {
    const startNext = () => {
      next.delete(key);
      return start(key);
    };
    const queued = current.then(startNext, startNext);
    next.set(key, queued);
    return queued;
  }

  return {
    ...cache,
    read(key) {
      // The queue comes first: between two reads there is a moment with none in flight and one about to start.
      const queued = next.get(key);
      if (queued) return queued;
      const current = inFlight.get(key);
      return current ? queueBehind(current, key) : start(key);
    },
  };
}
