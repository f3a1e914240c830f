import { StoreUnavailable } from '../strategies/contract/errors.ts';
import type { Cache, Committed, Condition, Demand, Origin } from '../strategies/contract/index.ts';
import type { ConditionName, Observer, StoreCommand } from './observer.ts';

/** Wraps a cache so that the observer sees its writes and invalidations. */
export function withObservedCache<V>(cache: Cache<V>, observer: Observer): Cache<V> {
  return {
    read: (key) => observed('read', cache.read(key), observer),

    async commit(key, made, condition) {
      const committed = await observed('commit', cache.commit(key, made, condition), observer);
      observer({
        saw: 'committed',
        key,
        version: made.version,
        condition: nameOf(condition),
        fence: fenceOfWriter(condition, committed),
        grant: typeof condition === 'object' && 'grant' in condition ? condition.grant : undefined,
        outcome: committed.outcome,
        atStoreMs: committed.atStoreMs,
      });
      return committed;
    },

    async invalidate(key) {
      const invalidated = await observed('invalidate', cache.invalidate(key), observer);
      observer({ saw: 'invalidated', key, ...invalidated });
      return invalidated;
    },
  };
}

function nameOf(condition: Condition): ConditionName {
  if (condition === 'always') return 'always';
  return 'grant' in condition ? 'grant' : 'seen-fence';
}

/** A write without a lease that was accepted minted a fence of its own. */
function fenceOfWriter<V>(condition: Condition, committed: Committed<V>): number {
  if (condition === 'always') return 0;
  if ('grant' in condition) return condition.grant.fence;
  return committed.outcome === 'accepted' ? committed.entry.fence : condition.seenFence;
}

/** Wraps an origin so that the observer sees its recomputes. */
export function withObservedOrigin<V>(origin: Origin<V>, observer: Observer): Origin<V> {
  return {
    async recompute(key, context) {
      observer({ saw: 'recompute-began', key });
      const made = await origin.recompute(key, context).catch((error: Error) => {
        const ending = context.signal?.aborted ? 'aborted' : 'error';
        observer({ saw: 'recompute-ended', key, ending, error });
        throw error;
      });
      observer({ saw: 'recompute-ended', key, ending: 'ok' });
      return made;
    },
  };
}

/** Wraps demand so that the observer sees how many keys are in it. */
export const withObservedDemand = (demand: Demand, observer: Observer): Demand => ({
  note: (keys, lastsMs) => observed('note', demand.note(keys, lastsMs), observer),
  async wanted() {
    const keys = await observed('wanted', demand.wanted(), observer);
    observer({ saw: 'demand', keys: keys.length });
    return keys;
  },
});

/** Shows the observer a command, and whether the store answered it. */
export async function observed<T>(command: StoreCommand, answer: Promise<T>, observer: Observer): Promise<T> {
  observer({ saw: 'command', command });
  const answered = await answer.catch((error) => {
    if (error instanceof StoreUnavailable) observer({ saw: 'store-unavailable', error });
    throw error;
  });
  observer({ saw: 'store-answered' });
  return answered;
}
