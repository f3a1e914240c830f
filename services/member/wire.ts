import { NewestSeen } from '../../assembly/newest-seen.ts';
import {
  observeConnections,
  observedCache,
  observedDemand,
  observedOrigin,
} from '../../assembly/observed.ts';
import { observedLease } from '../../assembly/observed-lease.ts';
import { withSharedReads } from '../../assembly/shared-reads.ts';
import { announce, httpOrigin } from '../../backends/origin.ts';
import { redisCache } from '../../backends/redis/cache.ts';
import { redisDemand } from '../../backends/redis/demand.ts';
import { connectRedis } from '../../backends/redis/ioredis/connection.ts';
import { redisWakeups } from '../../backends/redis/wakeups.ts';
import type { Whole } from '../../mutants/ablation.ts';
import { ablationNamed } from '../../mutants/index.ts';
import type { Parts } from '../../strategies/contract/index.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { systemClock } from '../shared/clock.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import type { AppConfig } from './config.ts';
import { countedIn, UnderWay } from './in-flight.ts';
import { openLease } from './lease.ts';
import { claimedMost } from './observe/claim-bound.ts';
import { emitter } from './observe/journal.ts';
import { appMetrics } from './observe/metrics.ts';
import { observeWakeLag } from './observe/wake-lag.ts';

/**
 * What a process that runs its part of a strategy is made of: everything connected, counted and recorded. `part`: an
 * ablation takes its guard out of those only that have it.
 */
export function wire(config: AppConfig, part: 'replica' | 'refresher') {
  const metrics = appMetrics({ strategy: config.STRATEGY, replica: config.NAME });
  const newestSeen = new NewestSeen();
  const observer = { metrics, newestSeen, emit: emitter(config.EVENTS, config.NAME) };
  const random = seededRandom(seedFor(config.SEED, config.NAME));
  const times = { ttlMs: config.TTL_MS, graceMs: config.GRACE_MS };

  const redis = connectRedis(config.REDIS_URL, {
    name: config.NAME,
    commandTimeoutMs: config.REDIS_TIMEOUT_MS,
  });
  const subscriber = connectRedis(config.REDIS_URL, {
    name: `${config.NAME}-sub`,
    commandTimeoutMs: config.REDIS_TIMEOUT_MS,
  });
  observeWakeLag(subscriber, metrics);
  observeConnections(redis, observer);
  const jitter = {
    share: config.TTL_JITTER,
    random: seededRandom(seedFor(config.SEED, `TTLs of ${config.NAME}`)),
  };
  const wakeups = redisWakeups<unknown>(subscriber, systemClock);
  const leasing = openLease<unknown>(config, redis, wakeups);

  const definition = strategyNamed(config.STRATEGY);
  if (!definition) throw new Error(`no strategy named ${config.STRATEGY}`);
  const whole: Whole<unknown> = {
    definition,
    cache: redisCache(redis, { ...times, jitter }),
    lease: leasing.lease,
    options: {
      beta: config.BETA,
      singleFlight: config.SINGLE_FLIGHT,
      backoffMs: config.BACKOFF_MS,
      maxFailures: config.MAX_FAILURES,
      maxRounds: config.MAX_ROUNDS,
      patienceMs: config.PATIENCE_MS,
      degradedCap: config.DEGRADED_CAP,
      storeRetryMs: config.STORE_RETRY_MS,
      refreshIntervalMs: config.REFRESH_INTERVAL_MS,
    },
  };
  const ablation = ablationNamed(config.ABLATE);
  const built =
    ablation && (ablation.part ?? 'replica') === part
      ? ablation.takeOut(whole, { redis, clock: systemClock, random, times })
      : whole;

  const asker = { url: config.ORIGIN_URL, by: config.NAME, timeoutMs: config.ORIGIN_TIMEOUT_MS };
  const origin = httpOrigin<unknown>({ ...asker, newestSeen: (key, seenAt) => newestSeen.by(key, seenAt) });
  const underWay = new UnderWay();
  const counted = countedIn(
    {
      cache: withSharedReads(leasing.endedByCommits(observedCache(built.cache, observer))),
      lease: observedLease(built.lease, observer),
      origin: observedOrigin(origin, observer),
    },
    underWay,
  );
  const parts: Parts<unknown> = {
    ...counted,
    changes: wakeups,
    demand: observedDemand(redisDemand(redis), observer),
    clock: systemClock,
    random,
    options: built.options,
  };
  metrics.claimedMost.set(
    claimedMost(definition.claim, { ...times, ...built.options, leaseMs: config.LEASE_MS }),
  );
  void announce(asker);

  return {
    definition: built.definition,
    parts,
    metrics,
    emit: observer.emit,
    times,
    underWay,
    /** Whether everything is there that the process needs. */
    connected: () => redis.status === 'ready' && subscriber.status === 'ready' && leasing.ready(),
    close() {
      redis.disconnect();
      subscriber.disconnect();
      leasing.close();
    },
  };
}
