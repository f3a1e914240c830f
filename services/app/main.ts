import { connectRedis } from '../../backends/redis.ts';
import { redisCache } from '../../backends/redis-cache.ts';
import { redisWakeups } from '../../backends/redis-wakeups.ts';
import { withSharedReads } from '../../backends/shared-reads.ts';
import type { Parts } from '../../strategies/contract.ts';
import { withDegradedMode } from '../../strategies/degraded.ts';
import { strategies } from '../../strategies/index.ts';
import { systemClock } from '../shared/clock.ts';
import { configFromEnvironment } from '../shared/config.ts';
import { drainable } from '../shared/drain.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import { serve } from '../shared/serve.ts';
import type { Whole } from './ablations/ablation.ts';
import { ablationNamed } from './ablations/index.ts';
import { claimedMost } from './claim-bound.ts';
import { appConfig } from './config.ts';
import { emitter } from './events.ts';
import { openLease } from './lease-backend.ts';
import { appMetrics } from './metrics.ts';
import { ownName } from './name.ts';
import { NewestSeen } from './newest-seen.ts';
import { observeConnections, observedCache, observedLease, observedOrigin } from './observed.ts';
import { announce, httpOrigin } from './origin-client.ts';
import { appServer } from './server.ts';
import { countedIn, UnderWay } from './under-way.ts';
import { observeWakeLag } from './wake-lag.ts';

const told = configFromEnvironment(appConfig);
const config = { ...told, NAME: told.NAME ?? (await ownName()) };
const metrics = appMetrics({ strategy: config.STRATEGY, replica: config.NAME });
const newestSeen = new NewestSeen();
const observer = { metrics, newestSeen, emit: emitter(config.EVENTS, config.NAME) };
const random = seededRandom(seedFor(config.SEED, config.NAME));
const times = { ttlMs: config.TTL_MS, graceMs: config.GRACE_MS };

const redis = connectRedis(config.REDIS, { name: config.NAME, commandTimeoutMs: config.REDIS_TIMEOUT_MS });
const subscriber = connectRedis(config.REDIS, {
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

const definition = strategies.find(({ name }) => name === config.STRATEGY);
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
  },
};
const built =
  ablationNamed(config.ABLATE)?.takeOut(whole, { redis, clock: systemClock, random, times }) ?? whole;

const asker = { url: config.ORIGIN, by: config.NAME, timeoutMs: config.ORIGIN_TIMEOUT_MS };
const origin = httpOrigin<unknown>({ ...asker, newestSeen: (key, seenAt) => newestSeen.by(key, seenAt) });
const underWay = new UnderWay();
const { cache, ...leaseAndOrigin } = countedIn(
  {
    cache: withSharedReads(leasing.endedByCommits(observedCache(built.cache, observer))),
    lease: observedLease(built.lease, observer),
    origin: observedOrigin(origin, observer),
  },
  underWay,
);
const parts: Parts<unknown> = {
  cache,
  ...leaseAndOrigin,
  changes: wakeups,
  clock: systemClock,
  random,
  options: built.options,
};

metrics.claimedMost.set(
  claimedMost(definition.claim, {
    ...times,
    leaseMs: config.LEASE_MS,
    beta: config.BETA,
    singleFlight: config.SINGLE_FLIGHT,
  }),
);
void announce(asker);

let everReady = false;
const server = appServer({
  name: config.NAME,
  strategy: withDegradedMode(built.definition.create(parts), parts),
  cache,
  metrics,
  times,
  // Ready once the store has been there; without it the replica serves all the same.
  ready() {
    everReady ||= redis.status === 'ready' && subscriber.status === 'ready' && leasing.ready();
    return everReady && !drain.begun;
  },
  logger: true,
});
const drain = drainable(server);
const { pid } = process;
let drained = false;
await serve(
  server,
  { host: config.HOST, port: config.PORT },
  {
    async drain() {
      observer.emit({ event: 'draining', pid });
      const settled = () => underWay.settled();
      drained = await drain.drain({ withinMs: config.DRAIN_MS, settled });
    },
    afterwards() {
      observer.emit({ event: 'stopped', pid, drained });
      redis.disconnect();
      subscriber.disconnect();
      leasing.close();
    },
  },
);
observer.emit({ event: 'started', pid });
