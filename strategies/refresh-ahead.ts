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

/** How many keys a refresher reads at once. */
const LOOKS_AT_ONCE = 100;

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

/** What a look found to be refreshed: the key, and the version that is to be replaced. */
interface Due {
  readonly key: string;
  readonly version: number;
}

/**
 * Creates one of several refreshers, so that one may die. While a recompute outlasts the interval, no later tick starts it
 * again, and no other refresher does, since the lease is taken. If a recompute fails or its refresher goes silent, a later
 * tick of any refresher takes over. A tick looks at all keys in demand, in batches, and begins as many refreshes as the
 * process may recompute keys at once.
 */
function createRefresher<V>(parts: Parts<V>): Refresher {
  const { cache, demand, lease, options } = parts;
  const refreshes = flightFor<void>(options);
  const leaseless = new LeaselessRefill(parts);
  let looking = false;

  async function look(key: string): Promise<Due | undefined> {
    const { entry } = await cache.read(key);
    // The requests that miss a value fill it.
    if (!entry || entry.softTtlMs > leadMs({ ...options, recomputeMs: entry.recomputeMs })) return undefined;
    return { key, version: entry.version };
  }

  async function refresh({ key, version }: Due): Promise<void> {
    try {
      const acquired = await lease.acquire(key, version);
      if (acquired.kind === 'granted') await recomputeUnderLease(parts, key, acquired.grant);
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error;
      // The value may still be fresh: without a lease, only what is due is recomputed.
      if (!leaseless.isPausing(key)) await leaseless.run(key);
    }
  }

  /** Begins the refresh if there is room; else it comes with a later tick: a lease that waits would keep others out. */
  function begin(due: Due | undefined): Promise<unknown> | undefined {
    if (!due || refreshes.has(due.key) || refreshes.size >= options.recomputeCap) return undefined;
    return refreshes.join(due.key, () => refresh(due)).catch(() => {});
  }

  /** Looks at the keys in demand, and gives the refreshes that it began. */
  async function lookAtAll(): Promise<(Promise<unknown> | undefined)[]> {
    const keys = (await demand.wanted()).filter((key) => !refreshes.has(key));
    const begun: (Promise<unknown> | undefined)[] = [];
    for (let first = 0; first < keys.length; first += LOOKS_AT_ONCE) {
      const batch = await Promise.all(keys.slice(first, first + LOOKS_AT_ONCE).map(look));
      begun.push(...batch.map(begin));
    }
    return begun;
  }

  return {
    async tick() {
      // With very many keys a look may outlast the interval. Two at once would find the same.
      if (looking) return;
      looking = true;
      const begun = await lookAtAll().finally(() => {
        looking = false;
      });
      await Promise.all(begun);
    },
  };
}
