import { Contended, OriginFailed, Overloaded } from './contract/errors.ts';
import type { Answer, Definition, Parts, Reading, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { expectedRecomputes, isDueEarly, leadMs, medianLeadMs } from './shared/early-expiration.ts';
import { collapsed, flightFor } from './shared/flight.ts';
import { herdOf } from './shared/herd.ts';
import { store } from './shared/store.ts';

/**
 * Recomputes early, by chance and without a lock: each reader draws a random number. The nearer the expiry, measured in
 * recompute times, the likelier the reader recomputes. Everyone else gets the live value meanwhile.
 *
 * Source: Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention (VLDB 2015).
 */
export const xfetch: Definition = {
  name: 'xfetch',
  summary: 'probabilistic early recompute, no lock',
  claim: {
    recomputesPerExpiry({ beta, singleFlight, replicas }) {
      const expected = expectedRecomputes(beta);
      const deviation = Math.sqrt(expected);
      if (singleFlight) return { mean: [1, expected], max: replicas, deviation };
      return { mean: [0.8 * expected, 1.2 * expected], max: undefined, deviation };
    },
    recomputesAtOnce(workload) {
      if (workload.singleFlight) return workload.replicas;
      const expected = expectedRecomputes(workload.beta);
      return Math.min(herdOf(workload), expected + 3 * Math.sqrt(expected));
    },
    monotonic: true,
    fenced: false,
    maxStaleMs: () => 0,
    waits: 'everyone',
    early: true,
    leadMs,
    medianLeadMs,
    oneWaiterPerReplica: false,
    woken: true,
  },
  create: createXFetch,
};

function createXFetch<V>({ cache, origin, random, options }: Parts<V>): Strategy<V> {
  const flight = flightFor<Answer<V> | undefined>(options);

  /**
   * Recomputes, unless a newer value than the seen one is stored by now. Undefined: the write was refused and nothing newer is
   * there, so the key was invalidated meanwhile.
   */
  async function recompute(key: string, seenVersion: number | undefined): Promise<Answer<V> | undefined> {
    const { entry, fence, atStoreMs: seenStoreMs, newestVersion: replaces } = await cache.read(key);
    if (isFresh(entry) && entry.version !== seenVersion) return { entry, served: 'waited' };
    const made = await origin.recompute(key, { seenStoreMs, replaces });
    const stored = await store(cache, key, made, { seenFence: fence });
    if (stored) return { entry: stored, served: 'recomputed' };
    const newer = (await cache.read(key)).entry;
    return isFresh(newer) ? { entry: newer, served: 'recomputed' } : undefined;
  }

  /**
   * Joins this process's recompute of the key, or starts it. Undefined: the result was invalidated, or is older than the
   * caller's look.
   */
  async function joinRecompute(
    key: string,
    seen: Reading<V>,
    signal?: AbortSignal,
  ): Promise<Answer<V> | undefined> {
    const version = isFresh(seen.entry) ? seen.entry.version : undefined;
    const { result, led } = await flight.join(key, () => recompute(key, version), signal);
    if (!result) return undefined;
    const answer = collapsed({ result, led });
    // An answer older than this caller's own look was invalidated or replaced before the caller came.
    return answer.entry.fence >= seen.fence ? answer : undefined;
  }

  return {
    async get(key, signal) {
      let mayRefresh = true;
      for (let round = 0; round < options.maxRounds; round++) {
        const seen = await cache.read(key);
        const { entry } = seen;
        if (!isFresh(entry)) {
          const answer = await joinRecompute(key, seen, signal);
          if (answer) return answer;
          continue;
        }
        const refreshes = mayRefresh && !flight.has(key) && isDueEarly(entry, options.beta, random);
        if (!refreshes) return { entry, served: 'hit' };
        // Whatever comes of it, the entry is as old by then as the recompute takes: look again.
        mayRefresh = false;
        try {
          const answer = await joinRecompute(key, seen, signal);
          if (answer) return answer.served === 'recomputed' ? { ...answer, served: 'early' } : answer;
        } catch (error) {
          // The value may still be good, and then a later reader tries again.
          if (!(error instanceof OriginFailed) && !(error instanceof Overloaded)) throw error;
        }
      }
      throw new Contended(
        `${key} was replaced ${options.maxRounds} times while it was being filled; try again`,
        { key },
      );
    },
  };
}
