import { Contended, OriginFailed } from './contract/errors.ts';
import type { Answer, Definition, Parts, Strategy } from './contract/index.ts';
import { isFresh } from './contract/index.ts';
import { LastFailures } from './shared/bounded/last-failures.ts';
import { collapsed, flightFor } from './shared/flight.ts';
import { recomputeUnderLease } from './shared/leased-recompute.ts';

/**
 * Lets one process in the fleet recompute: single-flight within each process, then a leased and fenced lock between
 * them. Waiters wait for the value, not for the lock, and only one per replica waits at the store.
 *
 * Sources: the lease is Gray and Cheriton's (1989), the fence Kleppmann's (2016). That an invalidation defeats a fill
 * that began before it is Nishtala et al., Scaling Memcache at Facebook (2013).
 */
export const lock: Definition = {
  name: 'lock',
  summary: 'single-flight, then a leased and fenced lock: one recompute in the fleet',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: true,
    fenced: true,
    maxStaleMs: () => 0,
    waits: 'everyone',
    early: false,
    oneWaiterPerReplica: true,
    woken: true,
  },
  create: createLock,
};

export function createLock<V>(parts: Parts<V>): Strategy<V> {
  const { clock, options } = parts;
  const flight = flightFor<Answer<V> | undefined>(options);
  const failures = new LastFailures();

  return {
    async get(key, signal) {
      const patientUntil = clock.now() + options.patienceMs;
      let invalidated = 0;
      for (let round = 0; round < options.maxRounds; round++) {
        const { entry, fence } = await parts.cache.read(key);
        const storedFence = entry?.fence ?? Infinity;
        if (isFresh(entry)) {
          failures.forget(key);
          return { entry, served: 'hit' };
        }
        const call = () => fillOrWait(parts, key, failures, patientUntil);
        const { result, led } = await flight.join(key, call, signal);
        if (!result) {
          // The flight's leader had waited long enough; a caller who joined later may have patience left.
          if (led || clock.now() >= patientUntil) break;
          continue;
        }
        const answer = collapsed({ result, led });
        if (answer.served !== 'stale') failures.forget(key);
        // An answer older than this caller's own look was invalidated or replaced before the caller came: look again.
        if (answer.entry.fence >= (answer.served === 'stale' ? storedFence : fence)) return answer;
        invalidated += 1;
      }
      throw new Contended(
        invalidated === options.maxRounds
          ? `${key} was invalidated ${invalidated} times while it was being filled; try again`
          : `no value of ${key} reached this caller within ${options.patienceMs} ms; try again`,
        { key },
      );
    },
  };
}

/**
 * Competes for the lease until there is a value to serve: one that it recomputes itself, or one that the holder
 * publishes. Undefined: there was none until `patientUntil`. Throws {@link Contended} when `maxRounds` commits were refused.
 * Between two looks it waits as long as the store says, but at most a lease for its holder, and never beyond its
 * patience: after a clock was set back, or on a server with another clock, the store may say anything.
 */
async function fillOrWait<V>(
  parts: Parts<V>,
  key: string,
  failures: LastFailures,
  patientUntil: number,
): Promise<Answer<V> | undefined> {
  const { lease, clock, random, options } = parts;
  const since = clock.now();
  let overtaken = 0;
  // Subscribe before the acquire: a fill between the two cannot be missed.
  const watch = await lease.watch(key);
  try {
    while (clock.now() < patientUntil && overtaken < options.maxRounds) {
      const acquired = await lease.acquire(key);
      switch (acquired.kind) {
        case 'fresh':
          return { entry: acquired.entry, served: 'waited' };
        case 'granted': {
          const recomputed = await recomputeUnderLease(parts, key, acquired.grant);
          if (recomputed.outcome === 'failed') failures.remember(key, recomputed.error);
          if ('entry' in recomputed) return { entry: recomputed.entry, served: 'recomputed' };
          if (recomputed.outcome === 'overtaken') overtaken += 1;
          break;
        }
        case 'held': {
          const leftMs = patientUntil - clock.now();
          const entry = await watch.filled(
            acquired.fence,
            Math.min(acquired.retryAfterMs, lease.ttlMs, leftMs),
          );
          if (entry) return { entry, served: 'waited' };
          break;
        }
        case 'backing-off':
          if (acquired.stale) return { entry: acquired.stale, served: 'stale' };
          if (acquired.failures >= options.maxFailures)
            throw givenUp(key, acquired.failures, failures.of(key));
          await clock.sleep(Math.min(acquired.retryAfterMs * (1 + random() / 5), patientUntil - clock.now()));
      }
    }
  } finally {
    watch.close();
  }
  if (overtaken < options.maxRounds) return undefined;
  const waited = `${Math.round(clock.now() - since)} ms`;
  throw new Contended(
    `${overtaken} recomputes of ${key} were overtaken by invalidations or later holders, within ${waited}; try again`,
    { key },
  );
}

/** Says why the origin is not asked now. Its own error is known only if this process was the one that asked it. */
function givenUp(key: string, failures: number, last: OriginFailed | undefined): OriginFailed {
  const why = last ? `: ${last.message}` : '';
  const cause = last && { cause: last.cause };
  return new OriginFailed(
    `the origin failed ${failures} times in a row for ${key}; it is asked again soon${why}`,
    { key, ...cause },
  );
}
