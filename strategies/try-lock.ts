import { Contended } from './contract/errors.ts';
import type { Answer, Definition, Entry, Parts, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { createLock } from './lock.ts';
import { staleUntilRefreshedMs } from './shared/background-refresh.ts';
import { flightFor } from './shared/flight.ts';
import { recomputeUnderLease } from './shared/leased-recompute.ts';

/**
 * Tries the lock of `lock` once, without waiting. The winner recomputes in its own request; everyone else gets the
 * stale value at once. If the key is missing there is nothing to serve, so they wait as under `lock`.
 *
 * Source: the mutex of the Redis handbooks (SET NX, and return what is cached if it is taken), with a fence.
 */
export const tryLock: Definition = {
  name: 'try-lock',
  summary: 'the winner recomputes in its own request, the others get the stale value',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: staleUntilRefreshedMs,
    waits: 'winner',
    early: false,
    oneWaiterPerReplica: true,
    woken: true,
  },
  create: createTryLock,
};

function createTryLock<V>(parts: Parts<V>): Strategy<V> {
  const { cache, lease, options } = parts;
  const fill = createLock(parts);
  const tries = flightFor<Answer<V> | undefined>(options);

  /** Tries once to replace the stale value. Undefined: the recompute failed or was overtaken, so the caller looks again. */
  async function tryToRefill(key: string, stale: Entry<V>): Promise<Answer<V> | undefined> {
    const acquired = await lease.acquire(key, stale.version);
    if (acquired.kind === 'fresh') return { entry: acquired.entry, served: 'hit' };
    if (acquired.kind !== 'granted') return { entry: stale, served: 'stale' };
    const recomputed = await recomputeUnderLease(parts, key, acquired.grant);
    return 'entry' in recomputed ? { entry: recomputed.entry, served: 'recomputed' } : undefined;
  }

  return {
    async get(key, signal) {
      for (let round = 0; round < options.maxRounds; round++) {
        const { entry } = await cache.read(key);
        if (!entry) return fill.get(key, signal);
        if (isFresh(entry)) return { entry, served: 'hit' };
        if (tries.has(key)) return { entry, served: 'stale' };
        const { result } = await tries.join(key, () => tryToRefill(key, entry), signal);
        if (result) return result;
      }
      throw new Contended(
        `${key} was overtaken ${options.maxRounds} times while it was being refilled; try again`,
        { key },
      );
    },
  };
}
