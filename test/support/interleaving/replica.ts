import { lruCopies } from '../../../assembly/lru-copies.ts';
import { withSharedReads } from '../../../assembly/shared-reads.ts';
import { redisCache } from '../../../backends/redis/cache.ts';
import { redisDemand } from '../../../backends/redis/demand.ts';
import { redisLease } from '../../../backends/redis/lease.ts';
import { redisWakeups, type Wakeups } from '../../../backends/redis/wakeups.ts';
import { seededRandom, seedFor } from '../../../services/shared/random.ts';
import { LeaseUnavailable, OriginFailed, StoreUnavailable } from '../../../strategies/contract/errors.ts';
import type { Cache, Lease, Made, Options, Origin, Parts } from '../../../strategies/contract/index.ts';
import { steppedClock } from './clock.ts';
import type { Ear } from './ear.ts';
import { type Shared, TTL_MS } from './shared.ts';

const OPTIONS: Options = {
  beta: 1,
  singleFlight: true,
  backoffMs: TTL_MS,
  maxFailures: 3,
  maxRounds: 5,
  patienceMs: TTL_MS,
  recomputeCap: 3,
  storeRetryMs: 50,
  refreshIntervalMs: TTL_MS / 10,
};

/** The real backends of a process. */
export function storesOf(holder: string, { redis, seed }: Shared, wakeups?: Wakeups<string>) {
  const unheard = { watch: () => Promise.reject(new Error('nobody listens here')) };
  return {
    cache: redisCache<string>(redis, { ttlMs: TTL_MS, graceMs: TTL_MS }),
    lease: redisLease(redis, wakeups ?? unheard, {
      leaseMs: TTL_MS,
      holder,
      rememberFailuresMs: TTL_MS,
      random: seededRandom(seedFor(seed, holder)),
    }),
  };
}

/** What a replica's strategy stands on: the real backends, each call in steps of its own. */
export function partsOf(replica: number, shared: Shared, ear: Ear): Parts<string> {
  const { history, seed } = shared;
  const clock = steppedClock(replica, shared);
  const name = `r${replica}`;
  const wakeups = redisWakeups<string>(ear.asPort(), clock);
  const { cache, lease } = storesOf(name, shared, wakeups);
  const demand = redisDemand(shared.redis);
  const store = <T>(label: string, ask: () => Promise<T>) => steppedStore(label, replica, shared, ask);

  const steppedCache: Cache<string> = {
    read: (key) =>
      store('read', async () => {
        const reading = await cache.read(key);
        history.looked(reading);
        return reading;
      }),
    commit: (key, made, condition) =>
      store('commit', async () => {
        const committed = await cache.commit(key, made, condition);
        history.committed(name, made, condition, committed);
        return committed;
      }),
    invalidate: (key) => store('invalidate', () => cache.invalidate(key)),
  };
  const steppedLease: Lease<string> = {
    ttlMs: TTL_MS,
    acquire: (key, seenVersion) =>
      store('acquire', async () => {
        if (shared.faults.noLease.delete(replica)) throw new LeaseUnavailable('the lock servers are gone');
        const acquired = await lease.acquire(key, seenVersion);
        history.acquired(name, acquired);
        return acquired;
      }),
    renew: (key, grant) => store('renew', () => lease.renew(key, grant)),
    release: (key, grant, failed) => store('release', () => lease.release(key, grant, failed)),
    watch: (key) => lease.watch(key),
  };
  return {
    cache: withSharedReads(steppedCache),
    lease: steppedLease,
    changes: wakeups,
    copies: lruCopies(1_000_000),
    demand: {
      note: (keys, lastsMs) => store('note', () => demand.note(keys, lastsMs)),
      wanted: () => store('wanted', () => demand.wanted()),
    },
    origin: steppedOrigin(replica, shared),
    clock,
    random: seededRandom(seedFor(seed, `draws of ${name}`)),
    options: OPTIONS,
  };
}

/** A call of the store, unless its request or its reply is to be lost. */
function steppedStore<T>(
  label: string,
  replica: number,
  { steps, faults }: Shared,
  ask: () => Promise<T>,
): Promise<T> {
  return steps.call(label, replica, async () => {
    if (faults.lostRequest.delete(replica)) {
      faults.leaseAbandoned ||= label === 'commit' || label === 'release';
      throw new StoreUnavailable('the request was lost');
    }
    const reply = await ask();
    if (!faults.lostReply.delete(replica)) return reply;
    faults.leaseAbandoned ||= label === 'acquire';
    throw new StoreUnavailable('the reply was lost');
  });
}

/** The version is taken as the recompute begins; its end is another step, unless it is aborted before. */
function steppedOrigin(replica: number, { steps, history, faults, calm }: Shared): Origin<string> {
  return {
    async recompute(key, { signal, replaces }) {
      await steps.step('recompute →', replica);
      const version = ++history.recomputes;
      history.recomputing(`r${replica}`, version, replaces);
      const aborted = new Promise<never>((_, reject) => {
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      await Promise.race([steps.step('recompute ←', replica), aborted]);
      if (faults.originFailures > 0) {
        faults.originFailures -= 1;
        throw new OriginFailed('one of the failures that were to come');
      }
      return madeOf(key, version, calm ? 0 : TTL_MS);
    },
  };
}

/** By default it cost as much as the TTL, so that about every third reader is early. */
export const madeOf = (key: string, version: number, recomputeMs = TTL_MS): Made<string> => ({
  value: `${key}@${version}`,
  version,
  computedWallMs: version,
  recomputeMs,
});
