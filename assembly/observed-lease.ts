import type { Clock, Entry, Lease } from '../strategies/contract/index.ts';
import { RecentKeys } from '../strategies/shared/bounded/recent-keys.ts';
import { observed } from './observed.ts';
import type { Observer, WaitOutcome } from './observer.ts';

/** How much too early a timer may fire. */
const TIMER_SLACK_MS = 2;
/** The most keys remembered whose holder's term ran out. */
const MOST_KEYS = 1000;

/** Wraps a lease so that the observer sees its grants, losses, waits and take-overs. */
export function withObservedLease<V>(lease: Lease<V>, observer: Observer, clock: Clock): Lease<V> {
  const { ttlMs: leaseMs } = lease;
  /** The keys whose holder's term ran out while this process waited, with the holder's fence. */
  const ranOut = new RecentKeys<number>(MOST_KEYS);
  const waiting = new Map<string, number>();

  function changeWaiting(key: string, step: 1 | -1): number {
    const atOnce = (waiting.get(key) ?? 0) + step;
    if (atOnce > 0) waiting.set(key, atOnce);
    else waiting.delete(key);
    return atOnce;
  }

  return {
    ttlMs: leaseMs,

    async acquire(key, seenVersion) {
      const acquired = await observed('acquire', lease.acquire(key, seenVersion), observer);
      observer({ saw: 'acquired', key, acquired, takesOver: ranOut.has(key), leaseMs });
      // After a look that came a moment too early, the same holder still has it.
      if (acquired.kind !== 'held' || acquired.fence !== ranOut.get(key)) ranOut.delete(key);
      return acquired;
    },

    async renew(key, grant) {
      const kept = await observed('renew', lease.renew(key, grant), observer);
      observer({ saw: 'renewed', key, grant, kept, leaseMs });
      return kept;
    },

    async release(key, grant, failed) {
      await observed('release', lease.release(key, grant, failed), observer);
      observer({ saw: 'released', key, grant, failed: failed !== undefined });
    },

    async watch(key) {
      const watch = await lease.watch(key);
      return {
        async filled(fence, timeoutMs) {
          const since = clock.now();
          observer({ saw: 'wait-began', key, atOnce: changeWaiting(key, 1) });
          let entry: Entry<V> | undefined;
          try {
            entry = await watch.filled(fence, timeoutMs);
            return entry;
          } finally {
            changeWaiting(key, -1);
            const waitedMs = clock.now() - since;
            const outcome = outcomeOf(entry, waitedMs, timeoutMs);
            if (outcome === 'timed-out') ranOut.set(key, fence);
            observer({ saw: 'wait-ended', key, waitedMs, outcome, fence: entry?.fence });
          }
        },
        close: () => watch.close(),
      };
    },
  };
}

function outcomeOf<V>(entry: Entry<V> | undefined, waitedMs: number, timeoutMs: number): WaitOutcome {
  if (entry) return 'filled';
  return waitedMs >= timeoutMs - TIMER_SLACK_MS ? 'timed-out' : 'look-again';
}
