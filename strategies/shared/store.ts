import { StoreUnavailable } from '../contract/errors.ts';
import type { Cache, Condition, Entry, Made, Workload } from '../contract/index.ts';

/** Makes an entry of a value that is in no store. Its caller may have it; it is due at once. */
export const unstoredEntry = <V>(made: Made<V>, fence = 0): Entry<V> => ({
  ...made,
  fence,
  softTtlMs: 0,
  hardTtlMs: 0,
});

/**
 * Gives how long an older value outlasts an invalidation where writes heed no fence: a recompute that began before may store
 * it, and there it lasts for its TTL. The second recompute time is for the way to the store, under a herd.
 */
export const unfencedMs = ({ ttlMs, recomputeMs }: Pick<Workload, 'ttlMs' | 'recomputeMs'>): number =>
  ttlMs + 2 * recomputeMs;

/** Gives the fence that a write is made under; 0 for one without a fence. */
function fenceOf(condition: Condition): number {
  if (condition === 'always') return 0;
  return 'grant' in condition ? condition.grant.fence : condition.seenFence;
}

/** Tells whether the store could not even mint a fence at the writer's look. */
const takesNoWrite = (condition: Condition): boolean =>
  typeof condition === 'object' && 'seenFence' in condition && condition.seenFence === 0;

/**
 * Writes a value and gives the entry to serve; undefined when the store refused it, since it knows something newer. If the
 * store is gone, or takes no writes, the caller who paid for the value still gets it.
 */
export async function store<V>(
  cache: Cache<V>,
  key: string,
  made: Made<V>,
  condition: Condition,
): Promise<Entry<V> | undefined> {
  if (takesNoWrite(condition)) return unstoredEntry(made);
  try {
    const committed = await cache.commit(key, made, condition);
    return committed.outcome === 'accepted' ? committed.entry : undefined;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return unstoredEntry(made, fenceOf(condition));
  }
}
