import { Overloaded, StoreUnavailable } from '../contract/errors.ts';
import type { Answer, Parts, Strategy } from '../contract/index.ts';
import { collapsed, Flight } from './flight.ts';
import { unstoredEntry } from './store.ts';
import { StoreHealth } from './store-health.ts';

/**
 * Lets a strategy go on without the store. The process then recomputes through a single-flight of its own, at most
 * `degradedCap` keys at once, and stores nothing, so that it writes nothing unfenced later. The store counts as gone when
 * it fails twice in a row: see {@link StoreHealth}.
 */
export function withDegradedMode<V>(strategy: Strategy<V>, parts: Parts<V>): Strategy<V> {
  const { origin, options } = parts;
  const store = new StoreHealth(parts);
  const flight = new Flight<Answer<V>>();
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

  async function unlessUnavailable(key: string, signal?: AbortSignal): Promise<Answer<V> | undefined> {
    try {
      return await strategy.get(key, signal);
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  }

  async function secondAttempt(key: string, signal?: AbortSignal): Promise<Answer<V> | undefined> {
    if (!(await store.answersAfterAll(key))) return undefined;
    const answer = await unlessUnavailable(key, signal);
    if (!answer) store.leaveAlone();
    return answer;
  }

  return {
    async get(key, signal) {
      if (await store.isUp(key)) {
        const answer = (await unlessUnavailable(key, signal)) ?? (await secondAttempt(key, signal));
        if (answer) return answer;
      }
      return collapsed(await flight.join(key, () => recompute(key), signal));
    },
  };
}
