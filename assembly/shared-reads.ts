import type { Cache, Reading } from '../strategies/contract/index.ts';

/**
 * Concurrent reads of a key share one, and yet no caller gets a look that is older than itself: who comes while a read
 * is on its way shares the next one. So the load on the store falls as the load on the process rises.
 */
export function withSharedReads<V>(cache: Cache<V>): Cache<V> {
  const underWay = new Map<string, Promise<Reading<V>>>();
  const next = new Map<string, Promise<Reading<V>>>();

  function start(key: string): Promise<Reading<V>> {
    const reading = cache.read(key).finally(() => {
      if (underWay.get(key) === reading) underWay.delete(key);
    });
    underWay.set(key, reading);
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
      // First of all the one in the queue: as a read lands there is a moment when none is under way and one is about to be.
      const queued = next.get(key);
      if (queued) return queued;
      const current = underWay.get(key);
      return current ? queueBehind(current, key) : start(key);
    },
  };
}
