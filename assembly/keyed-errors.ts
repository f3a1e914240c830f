import { DogpileError } from '../strategies/contract/errors.ts';
import type { Strategy } from '../strategies/contract/index.ts';

/** Wraps a strategy so that each of its errors has a key: the request's, unless the error already names one. */
export const withKeyedErrors = <V>(strategy: Strategy<V>): Strategy<V> => ({
  ...strategy,
  async get(key, signal) {
    try {
      return await strategy.get(key, signal);
    } catch (error) {
      if (error instanceof DogpileError) error.key ??= key;
      throw error;
    }
  },
});
