import { LeaseUnavailable, StoreUnavailable } from '../contract/errors.ts';
import type { Answer, Parts, Strategy } from '../contract/index.ts';
import { CappedFlight } from './capped-flight.ts';
import { collapsed } from './flight.ts';
import type { LeaseHealth } from './lease-health.ts';
import { unstoredEntry } from './store.ts';
import { StoreHealth } from './store-health.ts';
import { withoutLease } from './without-lease.ts';

/**
 * Lets a strategy go on with what there is. Without the lease, it serves the store's values, fresh or stale: see
 * {@link withoutLease}. Without the store, the process recomputes through a single-flight of its own and stores nothing, so
 * that it writes nothing unfenced later. In both cases it recomputes at most `degradedCap` keys at once. The store counts as
 * gone when it fails twice in a row: see {@link StoreHealth}.
 */
export function withDegradedMode<V>(
  strategy: Strategy<V>,
  parts: Parts<V>,
  leaseHealth: Pick<LeaseHealth, 'isDown'>,
): Strategy<V> {
  const { origin, options } = parts;
  const health = new StoreHealth(parts);
  const flight = new CappedFlight<Answer<V>>(options.degradedCap);
  const leaseless = withoutLease(parts, flight);

  const recompute = async (key: string): Promise<Answer<V>> => ({
    entry: unstoredEntry(await origin.recompute(key, {})),
    served: 'recomputed',
  });

  async function withStore(key: string, signal?: AbortSignal): Promise<Answer<V>> {
    try {
      const answer = await strategy.get(key, signal);
      // The strategy refreshes under a lease only.
      if (answer.served === 'stale' && leaseHealth.isDown) leaseless.refresh(key);
      return answer;
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error;
      return leaseless.get(key, signal);
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
    async get(key, signal) {
      if (await health.isUp()) {
        const answer = (await unlessUnavailable(key, signal)) ?? (await secondAttempt(key, signal));
        if (answer) return answer;
      }
      return collapsed(await flight.join(key, () => recompute(key), signal));
    },
  };
}
