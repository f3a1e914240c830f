import fc from 'fast-check';
import { keysOf } from '../../../backends/redis/keys.ts';
import { granted } from '../leases.ts';
import { madeOf, storesOf } from './replica.ts';
import { type Shared, TTL_MS } from './shared.ts';

const BEGINNINGS = ['empty', 'fresh', 'due', 'backing off'] as const;
export type Beginning = (typeof BEGINNINGS)[number];

export const beginning: fc.Arbitrary<Beginning> = fc.constantFrom(...BEGINNINGS);

/** Brings Redis, emptied before, to the state in which a run begins. */
export async function begin(state: Beginning, key: string, shared: Shared): Promise<void> {
  if (state === 'empty') return;
  const { redis, history } = shared;
  const { cache, lease } = storesOf('beginning', shared);
  const grant = await granted(lease, key);
  history.acquired('beginning', { kind: 'granted', grant });
  const made = madeOf(key, ++history.recomputes, shared.calm ? 0 : TTL_MS);
  history.committed('beginning', made, { grant }, await cache.commit(key, made, { grant }));
  if (state === 'fresh') return;
  await redis.client.pexpire(keysOf(key).entry, TTL_MS);
  if (state === 'due') return;
  const failing = await granted(lease, key);
  history.acquired('beginning', { kind: 'granted', grant: failing });
  await lease.release(key, failing, { backoffMs: TTL_MS });
}
