import { LeaseUnavailable, OriginFailed, StoreUnavailable } from '../contract/errors.ts';
import type { Answer, Parts, Strategy } from '../contract/index.ts';
import { Pauses } from './bounded/pauses.ts';
import { CappedFlight } from './capped-flight.ts';
import { collapsed } from './flight.ts';
import type { RecomputeCap } from './recompute-cap.ts';
import { unstoredEntry } from './store.ts';
import { StoreHealth } from './store-health.ts';
import { withoutLease } from './without-lease.ts';

/**
 * Lets a strategy go on with what there is. Without the lease, it serves the store's values, fresh or stale: see
 * {@link withoutLease}. Without the store, the process recomputes through a single-flight of its own and stores nothing, so
 * that it writes nothing unfenced later. It calls a failing origin at most once per key and back-off. In both cases nobody
 * waits for room to recompute: see {@link CappedFlight}. The store counts as gone when it fails twice in a row: see
 * {@link StoreHealth}.
 */
export function withDegradedMode<V>(
  strategy: Strategy<V>,
  parts: Parts<V>,
  cap: Pick<RecomputeCap, 'now' | 'noteOutage'>,
): Strategy<V> {
  const { origin, clock, options } = parts;
  // The same without the lease as without the store: a failing origin is spared all the while.
  const pauses = new Pauses(clock, options);
  const health = new StoreHealth(parts, () => cap.noteOutage());
  const flight = new CappedFlight<Answer<V>>(cap);
  const getWithoutLease = withoutLease(parts, cap, pauses);

  async function recompute(key: string): Promise<Answer<V>> {
    const failure = pauses.of(key)?.failure;
    if (failure) throw failure;
    try {
      const entry = unstoredEntry(await origin.recompute(key, {}));
      pauses.end(key);
      return { entry, served: 'recomputed' };
    } catch (error) {
      if (error instanceof OriginFailed) pauses.begin(key, error);
      throw error;
    }
  }

  async function withStore(key: string, signal?: AbortSignal): Promise<Answer<V>> {
    try {
      return await strategy.get(key, signal);
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error;
      return getWithoutLease(key, signal);
    }
  }

  async function unlessUnavailable(key: string, signal?: AbortSignal): Promise<Answer<V> | undefined> {
    try {
      return await withStore(key, signal);
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  }

  async function secondAttempt(key: string, signal?: AbortSignal): Promise<Answer<V> | undefined> {
    if (!(await health.answersAfterAll())) return undefined;
    const answer = await unlessUnavailable(key, signal);
    if (!answer) health.leaveAlone();
    return answer;
  }

  return {
    // A copy of one's own needs no store.
    ...strategy,
    async get(key, signal) {
      if (await health.isUp()) {
        const answer = (await unlessUnavailable(key, signal)) ?? (await secondAttempt(key, signal));
        if (answer) return answer;
      }
      return collapsed(await flight.join(key, () => recompute(key), signal));
    },
  };
}
