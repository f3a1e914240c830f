import { LeaseUnavailable, OriginRefused, StoreUnavailable } from '../strategies/contract/errors.ts';
import type { Cache, Committed, Condition, Demand, Made, Origin } from '../strategies/contract/index.ts';
import type { Observer, StoreCommand, Write } from './observer.ts';

/** Gives a function that numbers operations. An operation's beginning and end carry the same number. */
export function operationNumbers(first = 1): () => number {
  let next = first;
  return () => next++;
}

/** Wraps a cache so that the observer sees its invalidations, and each write before it is sent and after it has ended. */
export function withObservedCache<V>(cache: Cache<V>, observer: Observer, nextOp: () => number): Cache<V> {
  return {
    read: (key) => observed('read', cache.read(key), observer),

    async commit(key, made, condition) {
      const write = writeOf(nextOp(), key, made, condition);
      observer({ saw: 'commit-began', ...write });
      const answer = observed('commit', cache.commit(key, made, condition), observer);
      const committed = await answer.catch((error: Error) => {
        observer({ saw: 'commit-unanswered', ...write, error });
        throw error;
      });
      const { outcome, atStoreMs } = committed;
      observer({ saw: 'committed', ...write, fence: fenceOf(write, committed), outcome, atStoreMs });
      return committed;
    },

    async invalidate(key) {
      const invalidated = await observed('invalidate', cache.invalidate(key), observer);
      observer({ saw: 'invalidated', key, ...invalidated });
      return invalidated;
    },
  };
}

function writeOf<V>(op: number, key: string, { version }: Made<V>, condition: Condition): Write {
  const write = { key, op, version };
  if (condition === 'always') return { ...write, condition, fence: 0, grant: undefined };
  if ('seenFence' in condition)
    return { ...write, condition: 'seen-fence', fence: condition.seenFence, grant: undefined };
  const { grant } = condition;
  return { ...write, condition: 'grant', fence: grant.fence, grant };
}

/** A write without a lease that was accepted minted a fence of its own. */
const fenceOf = <V>({ condition, fence }: Write, committed: Committed<V>): number =>
  condition === 'seen-fence' && committed.outcome === 'accepted' ? committed.entry.fence : fence;

/** Wraps an origin so that the observer sees each recompute before it is asked for and after it has ended. */
export function withObservedOrigin<V>(
  origin: Origin<V>,
  observer: Observer,
  nextOp: () => number,
): Origin<V> {
  return {
    async recompute(key, context) {
      const { signal, replaces } = context;
      const op = nextOp();
      observer({ saw: 'recompute-began', key, op, replaces });
      const made = await origin.recompute(key, context).catch((error: Error) => {
        const ending = signal?.aborted ? 'aborted' : 'error';
        const outcome = saysItFailed(error) ? 'fail' : 'unknown';
        observer({ saw: 'recompute-ended', key, op, ending, outcome, error });
        throw error;
      });
      observer({ saw: 'recompute-ended', key, op, ending: 'ok', outcome: 'ok', version: made.version });
      return made;
    },
  };
}

/** Tells whether the origin itself said that it failed. If it said nothing, nobody knows what became of the recompute. */
const saysItFailed = ({ cause }: Error): boolean => cause instanceof OriginRefused;

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
    if (error instanceof LeaseUnavailable) observer({ saw: 'lease-unavailable', error });
    else if (error instanceof StoreUnavailable) observer({ saw: 'store-unavailable', command, error });
    throw error;
  });
  observer({ saw: 'store-answered' });
  return answered;
}
