import type { Definition, Parts, Refresher, Setting, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { createLock } from './lock.ts';
import { demandNotes } from './shared/demand-notes.ts';
import { flightFor } from './shared/flight.ts';
import { recomputeUnderLease } from './shared/leased-recompute.ts';

/**
 * The update moved out of the requests: replicas serve what there is, fresh or stale, and note what is asked for;
 * refreshers look on a schedule and recompute what is in demand before it is due. A key that is missing is filled as
 * `lock` does. Caffeine's refreshAfterWrite and the refresh-ahead of Coherence and Ehcache, with the schedule of a
 * cron job that warms a cache, and for a fleet.
 */
export const refreshAhead: Definition = {
  name: 'refresh-ahead',
  summary: 'refreshers of their own recompute what is in demand before it is due',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: staleUntilNoticedMs,
    waits: 'nobody',
    early: true,
    leadMs,
    oneWaiterAReplica: true,
    woken: true,
  },
  create: createRefreshAhead,
  refresher: createRefresher,
};

/** Left for the next tick, a value with more time than this would still be replaced in time. */
function leadMs({ refreshIntervalMs, recomputeMs }: Pick<Setting, 'refreshIntervalMs' | 'recomputeMs'>) {
  return refreshIntervalMs + recomputeMs;
}

/**
 * What is asked for in every interval is replaced before it is due, but for a recompute that takes longer than the last
 * one, or a refresher that goes silent: then a lease later, by the next tick. What is asked for less often may be in demand no
 * more when it is due: it is stale until the next request, its note, and a tick.
 */
function staleUntilNoticedMs({ ratePerSecond, refreshIntervalMs, recomputeMs, leaseMs }: Setting): number {
  const gapMs = 1000 / ratePerSecond;
  const noticedMs = gapMs <= refreshIntervalMs ? 0 : gapMs + refreshIntervalMs;
  return noticedMs + refreshIntervalMs + recomputeMs + leaseMs;
}

function createRefreshAhead<V>(parts: Parts<V>): Strategy<V> {
  const fill = createLock(parts);
  const noteDemand = demandNotes(parts);
  return {
    async get(key, signal) {
      noteDemand(key);
      const { entry } = await parts.cache.read(key);
      if (!entry) return fill.get(key, signal);
      return { entry, served: isFresh(entry) ? 'hit' : 'stale' };
    },
  };
}

/**
 * Several run, so that one may die. A recompute that outlasts the interval is not begun again by the next tick, nor, since
 * it has the lease, by another refresher. One that fails, or goes silent, is taken over by a later tick of any of them.
 */
function createRefresher<V>(parts: Parts<V>): Refresher {
  const { cache, demand, lease, options } = parts;
  const refreshes = flightFor<void>(options);

  async function refresh(key: string): Promise<void> {
    const { entry } = await cache.read(key);
    // Whoever misses it fills it.
    if (!entry || entry.softTtlMs > leadMs({ ...options, recomputeMs: entry.recomputeMs })) return;
    const acquired = await lease.acquire(key, entry.version);
    if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
  }

  return {
    async tick() {
      const keys = await demand.wanted();
      const idle = keys.filter((key) => !refreshes.has(key));
      await Promise.allSettled(idle.map((key) => refreshes.join(key, () => refresh(key))));
    },
  };
}
