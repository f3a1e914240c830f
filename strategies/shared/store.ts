import { StoreUnavailable } from '../contract/errors.ts';
import type { Cache, Condition, Entry, Made } from '../contract/index.ts';

/** A value that is in no store: its caller may have it, and it is due at once. */
export const unstored = <V>(made: Made<V>, fence = 0): Entry<V> => ({
  ...made,
  fence,
  softTtlMs: 0,
  hardTtlMs: 0,
});

/** The fence a write was made under; 0 for one that heeds none. */
function fenceOf(condition: Condition): number {
  if (condition === 'always') return 0;
  return 'grant' in condition ? condition.grant.fence : condition.seenFence;
}

/**
 * Writes what was made and gives back the entry to serve; `undefined` when the write was refused, since something
 * newer is known. A store that is gone does not take the value from the caller who paid for it.
 */
export async function store<V>(
  cache: Cache<V>,
  key: string,
  made: Made<V>,
  condition: Condition,
): Promise<Entry<V> | undefined> {
  try {
    const committed = await cache.commit(key, made, condition);
    return committed.outcome === 'accepted' ? committed.entry : undefined;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return unstored(made, fenceOf(condition));
  }
}
