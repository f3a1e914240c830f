import { Overloaded, StoreUnavailable } from '../contract/errors.ts';
import type { Answer, Parts, Strategy } from '../contract/index.ts';
import { collapsed, Flight } from './flight.ts';
import { unstoredEntry } from './store.ts';

/**
 * What a process does when the store is gone, whatever the strategy: it recomputes through a single-flight of its own,
 * at most `degradedCap` keys at once, and stores nothing, so that nothing unfenced is written later. A store counts as
 * gone when it fails twice in a row; it is left alone for `storeRetryMs` then, and one caller tries it for all.
 */
export function withDegradedMode<V>(strategy: Strategy<V>, parts: Parts<V>): Strategy<V> {
  const { cache, origin, clock, options } = parts;
  const flight = new Flight<Answer<V>>();
  let state: 'up' | 'down' | 'trying' = 'up';
  let retryAt = 0;
  let doubt: Promise<boolean> | undefined;
  let recomputing = 0;

  async function recompute(key: string): Promise<Answer<V>> {
    if (recomputing >= options.degradedCap)
      throw new Overloaded(
        `without the store at most ${options.degradedCap} keys are recomputed at once; try again`,
      );
    recomputing += 1;
    try {
      return { entry: unstoredEntry(await origin.recompute(key, {})), served: 'recomputed' };
    } finally {
      recomputing -= 1;
    }
  }

  function leaveTheStoreAlone() {
    state = 'down';
    retryAt = clock.now() + options.storeRetryMs;
  }

  async function storeAnswers(key: string): Promise<boolean> {
    if (state === 'up') return true;
    if (state === 'trying' || clock.now() < retryAt) return false;
    state = 'trying';
    return tryTheStore(key);
  }

  /** Everyone who got no answer shares one more look: a process that was frozen takes its own silence for the store's. */
  async function answersAfterAll(key: string): Promise<boolean> {
    if (state !== 'up') return false;
    doubt ??= tryTheStore(key).finally(() => {
      doubt = undefined;
    });
    return doubt;
  }

  async function tryTheStore(key: string): Promise<boolean> {
    try {
      await cache.read(key);
      state = 'up';
    } catch {
      leaveTheStoreAlone();
    }
    return state === 'up';
  }

  async function unlessUnavailable(key: string, signal?: AbortSignal): Promise<Answer<V> | undefined> {
    try {
      return await strategy.get(key, signal);
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  }

  async function secondAttempt(key: string, signal?: AbortSignal): Promise<Answer<V> | undefined> {
    if (!(await answersAfterAll(key))) return undefined;
    const answer = await unlessUnavailable(key, signal);
    if (!answer) leaveTheStoreAlone();
    return answer;
  }

  return {
    async get(key, signal) {
      if (await storeAnswers(key)) {
        const answer = (await unlessUnavailable(key, signal)) ?? (await secondAttempt(key, signal));
        if (answer) return answer;
      }
      return collapsed(await flight.join(key, () => recompute(key), signal));
    },
  };
}
