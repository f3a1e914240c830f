import { DogpileError } from '../strategies/contract/errors.ts';
import type { Strategy } from '../strategies/contract/index.ts';

/** Writes into each error which key it is about, where that is not known closer to its cause. */
export const withKeyedErrors = <V>(strategy: Strategy<V>): Strategy<V> => ({
  async get(key, signal) {
    try {
      return await strategy.get(key, signal);
    } catch (error) {
      if (error instanceof DogpileError) error.key ??= key;
      throw error;
    }
  },
});
