import { assemble } from '../../assembly/assemble.ts';
import { NewestSeen } from '../../assembly/newest-seen.ts';
import { announce, httpOrigin } from '../../backends/http-origin.ts';
import { redisCache } from '../../backends/redis/cache.ts';
import { redisDemand } from '../../backends/redis/demand.ts';
import { connectRedis } from '../../backends/redis/ioredis/connection.ts';
import { redisWakeups } from '../../backends/redis/wakeups.ts';
import type { Whole } from '../../mutants/ablation.ts';
import { ablationNamed } from '../../mutants/index.ts';
import type { Options } from '../../strategies/contract/index.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { systemClock } from '../shared/clock.ts';
import { UnknownName } from '../shared/lab-errors.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import type { AppConfig } from './config.ts';
import { InFlight } from './in-flight.ts';
import { openLease } from './lease.ts';
import { claimedMost } from './observe/claim-bound.ts';
import { observeConnections } from './observe/connections.ts';
import { countingObserver } from './observe/counting.ts';
import { emitter } from './observe/journal.ts';
import { appMetrics } from './observe/metrics.ts';
import { recordingObserver } from './observe/recording.ts';
import { observeWakeLag } from './observe/wake-lag.ts';

/**
 * Connects, counts and records everything that a process needs for its part of a strategy. `part`: an ablation takes its
 * guard out of those only that have it.
 */
export function wire(config: AppConfig, part: 'replica' | 'refresher') {
  const { NAME: name } = config;
  const metrics = appMetrics({ strategy: config.STRATEGY, replica: name });
  const emit = emitter(config.EVENTS, name);
  const [count, record] = [countingObserver(metrics), recordingObserver(emit)];
  const random = seededRandom(seedFor(config.SEED, name));
  const times = { ttlMs: config.TTL_MS, graceMs: config.GRACE_MS };

  const connect = (suffix: string, identify: boolean) =>
    connectRedis(config.REDIS_URL, {
      name: `${name}${suffix}`,
      commandTimeoutMs: config.REDIS_TIMEOUT_MS,
      identify,
      changes: ablation?.changes ?? [],
    });
  const ablation = ablationOf(config, part);
  const redis = connect('', true);
  const subscriber = connect('-sub', false);
  observeWakeLag(subscriber, metrics);
  observeConnections(redis, emit);
  const wakeups = redisWakeups<unknown>(subscriber, systemClock);
  const leasing = openLease<unknown>(config, redis, wakeups);
  metrics.leaseTerm.set(leasing.lease.ttlMs / 1000);

  const definition = strategyNamed(config.STRATEGY);
  if (!definition) throw new UnknownName(`no strategy named ${config.STRATEGY}`);
  const jitter = { share: config.TTL_JITTER, random: seededRandom(seedFor(config.SEED, `TTLs of ${name}`)) };
  const whole: Whole<unknown> = {
    definition,
    cache: redisCache(redis, { ...times, jitter }),
    lease: leasing.lease,
    options: optionsFrom(config),
  };
  const built = ablation?.takeOut?.(whole, { redis, clock: systemClock, random, times }) ?? whole;

  const newestSeen = new NewestSeen();
  const asker = {
    url: config.ORIGIN_URL,
    by: name,
    timeoutMs: config.ORIGIN_TIMEOUT_MS,
    transport: fetch,
    clock: systemClock,
  };
  const inFlight = new InFlight();
  const assembled = assemble<unknown>(
    built.definition,
    {
      cache: built.cache,
      lease: built.lease,
      changes: wakeups,
      demand: redisDemand(redis),
      origin: httpOrigin({ ...asker, newestSeen: (key, seenStoreMs) => newestSeen.by(key, seenStoreMs) }),
      clock: systemClock,
      random,
      options: built.options,
    },
    {
      observer(observation) {
        count(observation);
        record(observation);
      },
      newestSeen,
      track: inFlight.track,
      withEndingCommits: leasing.withEndingCommits,
    },
  );
  metrics.claimedMost.set(
    claimedMost(definition.claim, { ...times, ...built.options, leaseMs: config.LEASE_MS }),
  );
  void announce(asker);

  return {
    ...assembled,
    metrics,
    emit,
    times,
    inFlight,
    /** Whether everything is there that the process needs. */
    connected: () => redis.connected && subscriber.connected && leasing.ready(),
    close() {
      redis.close();
      subscriber.close();
      leasing.close();
    },
  };
}

function ablationOf({ ABLATE }: AppConfig, part: 'replica' | 'refresher') {
  const ablation = ablationNamed(ABLATE);
  return ablation && (ablation.part ?? 'replica') === part ? ablation : undefined;
}

const optionsFrom = (config: AppConfig): Options => ({
  beta: config.BETA,
  singleFlight: config.SINGLE_FLIGHT,
  backoffMs: config.BACKOFF_MS,
  maxFailures: config.MAX_FAILURES,
  maxRounds: config.MAX_ROUNDS,
  patienceMs: config.PATIENCE_MS,
  degradedCap: config.DEGRADED_CAP,
  storeRetryMs: config.STORE_RETRY_MS,
  refreshIntervalMs: config.REFRESH_INTERVAL_MS,
});
