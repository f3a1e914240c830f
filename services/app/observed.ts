import type { Redis } from 'ioredis';
import type { Cache, Committed, Condition, Demand, Lease, Origin } from '../../strategies/contract.ts';
import { StoreUnavailable } from '../../strategies/errors.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import type { Emit } from './events.ts';
import type { AppMetrics, CONDITIONS, Command } from './metrics.ts';
import type { NewestSeen } from './newest-seen.ts';

/** A timer may fire so much before its time. */
const TIMER_SLACK_MS = 2;

/** Wrappers that count and record, so that the strategies need not. */
export interface Observer {
  readonly metrics: AppMetrics;
  readonly emit: Emit;
  readonly newestSeen: NewestSeen;
}

export function observedCache<V>(cache: Cache<V>, observer: Observer): Cache<V> {
  const { metrics, emit, newestSeen } = observer;
  return {
    async read(key) {
      const reading = await asked('read', cache.read(key), observer);
      if (reading.entry) newestSeen.see(key, reading.entry.version, reading.at);
      return reading;
    },

    async commit(key, made, condition) {
      const committed = await asked('commit', cache.commit(key, made, condition), observer);
      const { outcome, at: storeAt } = committed;
      const fence = fenceOfWriter(condition, committed);
      emit({ event: 'commit', key, version: made.version, fence, outcome, storeAt });
      metrics.commits.inc({ outcome, condition: nameOf(condition) });
      if (typeof condition === 'object' && 'grant' in condition)
        metrics.heldLeases.ended(condition.grant.token);
      if (outcome === 'accepted') {
        metrics.version.set(made.version);
        newestSeen.see(key, made.version, storeAt);
      }
      return committed;
    },

    async invalidate(key) {
      const invalidated = await asked('invalidate', cache.invalidate(key), observer);
      emit({ event: 'invalidated', key, fence: invalidated.fence, storeAt: invalidated.at });
      return invalidated;
    },
  };
}

function nameOf(condition: Condition): (typeof CONDITIONS)[number] {
  if (condition === 'always') return 'always';
  return 'grant' in condition ? 'grant' : 'seen-fence';
}

/** The fence the write was made under, as the writer knew it; a write without a lease that was accepted minted its own. */
function fenceOfWriter<V>(condition: Condition, committed: Committed<V>): number {
  if (condition === 'always') return 0;
  if ('grant' in condition) return condition.grant.fence;
  return committed.outcome === 'accepted' ? committed.entry.fence : condition.seenFence;
}

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

export function observedOrigin<V>(
  origin: Origin<V>,
  { metrics, emit }: Pick<Observer, 'metrics' | 'emit'>,
): Origin<V> {
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

export function observedDemand(demand: Demand, observer: Observer): Demand {
  return {
    note: (keys, lastsMs) => asked('note', demand.note(keys, lastsMs), observer),
    async wanted() {
      const keys = await asked('wanted', demand.wanted(), observer);
      observer.metrics.demandedKeys.set(keys.length);
      return keys;
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

async function asked<T>(command: Command, answer: Promise<T>, { metrics, emit }: Observer): Promise<T> {
  metrics.storeCommands.inc({ command });
  try {
    const answered = await answer;
    metrics.degradedMode.set(0);
    return answered;
  } catch (error) {
    if (error instanceof StoreUnavailable) {
      metrics.storeErrors.inc();
      metrics.degradedMode.set(1);
      emit({ event: 'store-unavailable', why: error.message });
    }
    throw error;
  }
}
