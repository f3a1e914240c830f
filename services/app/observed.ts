import type { Redis } from 'ioredis';
import type { Cache, Committed, Condition, Lease, Origin } from '../../strategies/contract.ts';
import { StoreUnavailable } from '../../strategies/errors.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import type { Emit } from './events.ts';
import type { AppMetrics } from './metrics.ts';

/** Wrappers that count and record, so that the strategies need not. */
export interface Observer {
  readonly metrics: AppMetrics;
  readonly emit: Emit;
}

export function observedCache<V>(cache: Cache<V>, { metrics, emit }: Observer): Cache<V> {
  return {
    read: (key) => noticingOutages(cache.read(key), { metrics, emit }),

    async commit(key, made, condition) {
      const committed = await noticingOutages(cache.commit(key, made, condition), { metrics, emit });
      const { outcome, at: storeAt } = committed;
      const fence = fenceOfWriter(condition, committed);
      emit({ event: 'commit', key, version: made.version, fence, outcome, storeAt });
      metrics.commits.inc({ outcome });
      if (outcome === 'accepted') metrics.version.set(made.version);
      return committed;
    },

    async invalidate(key) {
      const invalidated = await noticingOutages(cache.invalidate(key), { metrics, emit });
      emit({ event: 'invalidated', key, fence: invalidated.fence, storeAt: invalidated.at });
      return invalidated;
    },
  };
}

/** The fence the write was made under, as the writer knew it; a write without a lease that was accepted minted its own. */
function fenceOfWriter<V>(condition: Condition, committed: Committed<V>): number {
  if (condition === 'always') return 0;
  if ('grant' in condition) return condition.grant.fence;
  return committed.outcome === 'accepted' ? committed.entry.fence : condition.seenFence;
}

export function observedLease<V>(lease: Lease<V>, { metrics, emit }: Observer): Lease<V> {
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
      const acquired = await noticingOutages(lease.acquire(key, seenVersion), { metrics, emit });
      metrics.acquires.inc({ kind: acquired.kind });
      if (acquired.kind === 'granted') {
        const { fence, token, at: storeAt } = acquired.grant;
        emit({ event: 'granted', key, fence, token, storeAt });
        metrics.fence.set(fence);
      }
      return acquired;
    },

    async renew(key, grant) {
      const kept = await noticingOutages(lease.renew(key, grant), { metrics, emit });
      metrics.renewals.inc({ result: kept ? 'kept' : 'lost' });
      if (!kept) emit({ event: 'lease-lost', key, fence: grant.fence });
      return kept;
    },

    async release(key, grant, failed) {
      await noticingOutages(lease.release(key, grant, failed), { metrics, emit });
      emit({ event: 'released', key, fence: grant.fence, failed: failed !== undefined });
    },

    async watch(key) {
      const watch = await lease.watch(key);
      return {
        async filled(fence, timeoutMs) {
          emit({ event: 'waiting', key, atOnce: changeWaiting(key, 1) });
          return watch.filled(fence, timeoutMs).finally(() => changeWaiting(key, -1));
        },
        close: () => watch.close(),
      };
    },
  };
}

export function observedOrigin<V>(origin: Origin<V>, { metrics, emit }: Observer): Origin<V> {
  return {
    async recompute(key, context) {
      metrics.recomputesInFlight.inc();
      try {
        const made = await origin.recompute(key, context);
        metrics.recomputes.inc({ ending: 'ok' });
        return made;
      } catch (error) {
        metrics.recomputes.inc({ ending: context.signal?.aborted ? 'aborted' : 'error' });
        emit({ event: 'recompute-failed', key, why: (error as Error).message });
        throw error;
      } finally {
        metrics.recomputesInFlight.dec();
      }
    },
  };
}

/** Records which server each new connection is with. */
export function observeConnections(redis: Redis, { emit }: Observer): void {
  redis.on('ready', async () => {
    const since = wallTimeMs();
    const info = await redis.info('server').catch(() => '');
    const server = /^run_id:(\w+)/m.exec(info)?.[1];
    if (server) emit({ event: 'connected', server, since });
  });
}

async function noticingOutages<T>(command: Promise<T>, { metrics, emit }: Observer): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (error instanceof StoreUnavailable) {
      metrics.storeErrors.inc();
      emit({ event: 'store-unavailable', why: error.message });
    }
    throw error;
  }
}
