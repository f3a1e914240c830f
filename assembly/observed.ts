import type { Redis } from 'ioredis';
import type { Emit } from '../services/member/observe/journal.ts';
import type { AppMetrics, CONDITIONS, Command } from '../services/member/observe/metrics.ts';
import { wallTimeMs } from '../services/shared/wall-time.ts';
import { StoreUnavailable } from '../strategies/contract/errors.ts';
import type { Cache, Committed, Condition, Demand, Origin } from '../strategies/contract/index.ts';
import type { NewestSeen } from './newest-seen.ts';

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

/** Counts a command, and records when the store did not answer it. */
export async function asked<T>(
  command: Command,
  answer: Promise<T>,
  { metrics, emit }: Observer,
): Promise<T> {
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
