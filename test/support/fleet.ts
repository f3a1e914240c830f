import { connectRedis, keysOf, type ScriptedRedis } from '../../backends/redis.ts';
import { redisCache } from '../../backends/redis-cache.ts';
import { redisLease } from '../../backends/redis-lease.ts';
import { redisWakeups } from '../../backends/redis-wakeups.ts';
import { withSharedReads } from '../../backends/shared-reads.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { seededRandom } from '../../services/shared/random.ts';
import type { Cache, Definition, Options, Parts, Strategy } from '../../strategies/contract.ts';
import { withDegradedMode } from '../../strategies/degraded.ts';
import { CountedOrigin } from './counted-origin.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { until } from './within.ts';

export interface FleetSettings {
  readonly replicas: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly leaseMs: number;
  readonly commandTimeoutMs: number;
  /** Where the readers' draws come from; by default none is ever early. */
  readonly random: () => number;
  readonly options: Partial<Options>;
}

const DEFAULTS: FleetSettings = {
  replicas: 4,
  ttlMs: 60_000,
  graceMs: 60_000,
  leaseMs: 2000,
  commandTimeoutMs: 500,
  random: () => 0,
  options: {},
};

const OPTIONS: Options = {
  beta: 1,
  singleFlight: true,
  backoffMs: 40,
  maxFailures: 3,
  maxRounds: 5,
  patienceMs: 5000,
  degradedCap: 3,
  storeRetryMs: 50,
};

/** Replicas in one process, each with connections of its own to one Redis, in front of one origin. */
export interface Fleet {
  readonly settings: FleetSettings;
  readonly options: Options;
  readonly origin: CountedOrigin;
  readonly replicas: readonly Strategy<string>[];
  /** A look at Redis from outside the fleet. */
  readonly cache: Cache<string>;
  readonly outside: ScriptedRedis;
  readonly redis: () => RedisServer;
  /** The lease's term ends now, whoever holds it. */
  expireLease(key: string): Promise<void>;
  /** The same server again: same port, nothing remembered. Resolves once every replica is connected. */
  restartRedis(): Promise<void>;
  close(): Promise<void>;
}

export type MakeFleet = (definition: Definition, settings?: Partial<FleetSettings>) => Promise<Fleet>;

export const startFleet: MakeFleet = async (definition, given = {}) => {
  const settings = { ...DEFAULTS, ...given };
  const options = { ...OPTIONS, ...settings.options };
  const origin = new CountedOrigin();
  let server = await startRedis();
  const connections: ScriptedRedis[] = [];
  const connect = (name: string) => {
    const redis = connectRedis({ url: server.url }, { name, commandTimeoutMs: settings.commandTimeoutMs });
    connections.push(redis);
    return redis;
  };
  const allReady = () =>
    Promise.all(connections.map((redis) => until('a connection to Redis', () => answers(redis))));

  const outside = connect('outside');
  const replicas = Array.from({ length: settings.replicas }, (_, index) => {
    const parts = partsOf(index, connect, settings, options, origin);
    return withDegradedMode(definition.create(parts), parts);
  });
  await allReady();

  return {
    settings,
    options,
    origin,
    replicas,
    outside,
    cache: redisCache<string>(outside, settings),
    redis: () => server,
    async expireLease(key) {
      await outside.del(keysOf(key).lease);
    },
    async restartRedis() {
      await server.stop();
      server = await startRedis(server.port);
      await allReady();
    },
    async close() {
      origin.letGo();
      for (const redis of connections) redis.disconnect();
      await server.stop();
    },
  };
};

function partsOf(
  index: number,
  connect: (name: string) => ScriptedRedis,
  settings: FleetSettings,
  options: Options,
  origin: CountedOrigin,
): Parts<string> {
  const redis = connect(`r${index}`);
  const wakeups = redisWakeups<string>(connect(`r${index}-wakeups`), systemClock);
  return {
    cache: withSharedReads(redisCache<string>(redis, settings)),
    lease: redisLease(redis, wakeups, {
      leaseMs: settings.leaseMs,
      holder: `r${index}`,
      rememberFailuresMs: 2000,
      random: seededRandom(index + 1),
    }),
    origin: origin.for(index),
    clock: systemClock,
    random: settings.random,
    options,
  };
}

const answers = (redis: ScriptedRedis): Promise<boolean> =>
  redis.ping().then(
    () => true,
    () => false,
  );
