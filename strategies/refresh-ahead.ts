import { LeaseUnavailable } from './contract/errors.ts';
import type { Definition, Parts, Refresher, Strategy, Workload } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { createLock } from './lock.ts';
import { demandNotes } from './shared/demand-notes.ts';
import { flightFor } from './shared/flight.ts';
import { recomputeUnderLease } from './shared/leased-recompute.ts';
import { LeaselessRefill } from './shared/without-lease.ts';

/**
 * Moves the update out of the requests. Replicas serve what there is, fresh or stale, and note the keys that they are
 * asked for. Refreshers look on a schedule and recompute the keys in demand before they are due. A missing key is filled
 * as under `lock`.
 *
 * Sources: refreshAfterWrite of Caffeine, the refresh-ahead of Coherence and Ehcache, and the cron job that warms a cache,
 * here for a fleet.
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
    medianLeadMs,
    oneWaiterPerReplica: true,
    woken: true,
  },
  create: createRefreshAhead,
  refresher: createRefresher,
};

/** Gives how long before its expiry a value must be refreshed. With more time left, the next tick is early enough. */
function leadMs({ refreshIntervalMs, recomputeMs }: Pick<Workload, 'refreshIntervalMs' | 'recomputeMs'>) {
  return refreshIntervalMs + recomputeMs;
}

/** What a busy machine may add to the time of a tick. */
const LATE_TICK_MS = 50;

/** Gives the range of the leads: a value is refreshed by the first tick that finds no more than the lead left. */
function medianLeadMs(workload: Workload): readonly [least: number, most: number] {
  return [workload.recomputeMs - LATE_TICK_MS, leadMs(workload) + LATE_TICK_MS];
}

/**
 * Gives how long past its TTL a value may be served. A key with a request in every interval is refreshed before it is
 * due, unless the recompute takes longer than the last one or the refresher goes silent. Then the next tick after the
 * lease refreshes it. A key with fewer requests may no longer be in demand when it is due. It then stays stale until the
 * next request, its note, and a tick.
 */
function staleUntilNoticedMs({ ratePerSecond, refreshIntervalMs, recomputeMs, leaseMs }: Workload): number {
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
 * Creates one of several refreshers, so that one may die. While a recompute outlasts the interval, no later tick starts it
 * again, and no other refresher does, since the lease is taken. If a recompute fails or its refresher goes silent, a later
 * tick of any refresher takes over.
 */
function createRefresher<V>(parts: Parts<V>): Refresher {
  const { cache, demand, lease, options } = parts;
  const refreshes = flightFor<void>(options);
  const leaseless = new LeaselessRefill(parts);

  async function refresh(key: string): Promise<void> {
    const { entry } = await cache.read(key);
    // The requests that miss a value fill it.
    if (!entry || entry.softTtlMs > leadMs({ ...options, recomputeMs: entry.recomputeMs })) return;
    try {
      const acquired = await lease.acquire(key, entry.version);
      if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error;
      // The value may still be fresh: without a lease, only what is due is recomputed.
      if (!leaseless.isPausing(key)) await leaseless.run(key);
    }
  }

  return {
    async tick() {
      const keys = await demand.wanted();
      const room = Math.max(0, options.recomputeCap - refreshes.size);
      // The others come with a later tick: a lease that waits for room would keep other refreshers out.
      const idle = keys.filter((key) => !refreshes.has(key)).slice(0, room);
      await Promise.allSettled(idle.map((key) => refreshes.join(key, () => refresh(key))));
    },
  };
}
