import type { Lease } from '../strategies/contract/index.ts';
import { asked, type Observer } from './observed.ts';

/** A timer may fire so much before its time. */
const TIMER_SLACK_MS = 2;

/** A lease whose grants, losses, waits and take-overs are counted and recorded. */
export function observedLease<V>(lease: Lease<V>, observer: Observer): Lease<V> {
  const { metrics, emit } = observer;
  const { heldLeases } = metrics;
  metrics.leaseTerm.set(lease.ttlMs / 1000);
  /** Keys whose holder let its term run out under a waiter of this replica, with its fence. */
  const ranOut = new Map<string, number>();
  const waiting = new Map<string, number>();

  function changeWaiting(key: string, step: 1 | -1): number {
    const atOnce = (waiting.get(key) ?? 0) + step;
    if (atOnce > 0) waiting.set(key, atOnce);
    else waiting.delete(key);
    metrics.waiting.inc(step);
    return atOnce;
  }

  return {
    ttlMs: lease.ttlMs,

    async acquire(key, seenVersion) {
      const acquired = await asked('acquire', lease.acquire(key, seenVersion), observer);
      metrics.acquires.inc({ kind: acquired.kind });
      if (acquired.kind === 'granted') {
        const { fence, token, at: storeAt } = acquired.grant;
        emit({ event: 'granted', key, fence, token, storeAt });
        metrics.fence.set(fence);
        heldLeases.granted(token, lease.ttlMs);
        if (ranOut.has(key)) metrics.takeOvers.inc();
      }
      // Looked at a moment too early, it is still the same one's.
      if (acquired.kind !== 'held' || acquired.fence !== ranOut.get(key)) ranOut.delete(key);
      return acquired;
    },

    async renew(key, grant) {
      const kept = await asked('renew', lease.renew(key, grant), observer);
      metrics.renewals.inc({ result: kept ? 'kept' : 'lost' });
      if (kept) heldLeases.renewed(grant.token, lease.ttlMs);
      else heldLeases.ended(grant.token);
      if (!kept) emit({ event: 'lease-lost', key, fence: grant.fence });
      return kept;
    },

    async release(key, grant, failed) {
      await asked('release', lease.release(key, grant, failed), observer);
      heldLeases.ended(grant.token);
      emit({ event: 'released', key, fence: grant.fence, failed: failed !== undefined });
    },

    async watch(key) {
      const watch = await lease.watch(key);
      return {
        async filled(fence, timeoutMs) {
          const since = performance.now();
          emit({ event: 'waiting', key, atOnce: changeWaiting(key, 1) });
          const entry = await watch.filled(fence, timeoutMs).finally(() => changeWaiting(key, -1));
          if (!entry && performance.now() - since >= timeoutMs - TIMER_SLACK_MS) ranOut.set(key, fence);
          return entry;
        },
        close: () => watch.close(),
      };
    },
  };
}
