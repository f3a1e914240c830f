import { InvalidKey } from '../strategies/contract/errors.ts';
import type { Cache, Strategy } from '../strategies/contract/index.ts';
import { isKey, KEY_RULE } from '../strategies/contract/key.ts';

/** The message does not repeat what was asked for, which may be long, or anything. */
const refuse = (): Promise<never> => Promise.reject(new InvalidKey(KEY_RULE));

/** Wraps a strategy so that it refuses what is no key with {@link InvalidKey}, before anything is looked up. */
export const withCheckedKeys = <V>(strategy: Strategy<V>): Strategy<V> => ({
  ...strategy,
  get: (key, signal) => (isKey(key) ? strategy.get(key, signal) : refuse()),
});

/** Wraps a cache so that nobody invalidates what is no key. */
export const withCheckedInvalidations = <V>(cache: Cache<V>): Cache<V> => ({
  ...cache,
  invalidate: (key) => (isKey(key) ? cache.invalidate(key) : refuse()),
});
