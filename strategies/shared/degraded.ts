import { LeaseUnavailable, StoreUnavailable } from '../contract/errors.ts';
import type { Answer, Parts, Strategy } from '../contract/index.ts';
import { CappedFlight } from './capped-flight.ts';
import { collapsed } from './flight.ts';
import type { RecomputeCap } from './recompute-cap.ts';
import { unstoredEntry } from './store.ts';
import { StoreHealth } from './store-health.ts';
import { withoutLease } from './without-lease.ts';

/**
 * Lets a strategy go on with what there is. Without the lease, it serves the store's values, fresh or stale: see
 * {@link withoutLease}. Without the store, the process recomputes through a single-flight of its own and stores nothing, so
 * that it writes nothing unfenced later. In both cases nobody waits for room to recompute: see {@link CappedFlight}. The
 * store counts as gone when it fails twice in a row: see {@link StoreHealth}.
 */
export function withDegradedMode<V>(
  strategy: Strategy<V>,
  parts: Parts<V>,
  cap: Pick<RecomputeCap, 'now' | 'noteOutage'>,
): Strategy<V> {
  const { origin } = parts;
  const health = new StoreHealth(parts, () => cap.noteOutage());
  const flight = new CappedFlight<Answer<V>>(cap);
  const getWithoutLease = withoutLease(parts, cap);

  const recompute = async (key: string): Promise<Answer<V>> => ({
    entry: unstoredEntry(await origin.recompute(key, {})),
    served: 'recomputed',
  });

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
