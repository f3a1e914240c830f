import { type Assembled, assemble } from '../../assembly/assemble.ts';
import { lruCopies } from '../../assembly/lru-copies.ts';
import type { LeaseBackend } from '../../backends/locks/index.ts';
import { redisCache } from '../../backends/redis/cache.ts';
import { redisDemand } from '../../backends/redis/demand.ts';
import { connectRedis, type IoRedisPort } from '../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../backends/redis/keys.ts';
import { StoreClock } from '../../backends/redis/store-clock.ts';
import { redisWakeups } from '../../backends/redis/wakeups.ts';
import { type LeaseConfig, type OpenLease, openLease } from '../../services/member/lease.ts';
import { systemClock } from '../../services/shared/clock.ts';
import type { Cache, Definition, Options, Parts, Strategy } from '../../strategies/contract/index.ts';
import { CountedOrigin } from './counted-origin.ts';
import { startRedisProcess } from './redis-process.ts';
import { startRedis } from './redis-server.ts';
import type { RedisServer } from './test-redis.ts';
import { until } from './within.ts';

export interface FleetSettings {
  readonly replicas: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly leaseMs: number;
  readonly commandTimeoutMs: number;
  /** The memory of a replica for its copies. */
  readonly copiesBytes: number;
  /** Where the readers' draws come from; by default none is ever early. */
  readonly random: () => number;
  readonly options: Partial<Options>;
  /** What the leases are made of, and where its servers are. */
  readonly leaseBackend: LeaseBackend;
  readonly lockServers: readonly string[];
  /** Whether its Redis is a process of this machine in any case: one whose folder the test can take away. */
  readonly ownRedis: boolean;
}

const DEFAULTS: FleetSettings = {
  replicas: 4,
  ttlMs: 60_000,
  graceMs: 60_000,
  leaseMs: 30_000,
  commandTimeoutMs: 5000,
  copiesBytes: 1_000_000,
  random: () => 0,
  options: {},
  leaseBackend: 'redis',
  lockServers: [],
  ownRedis: false,
};

const OPTIONS: Options = {
  beta: 1,
  singleFlight: true,
  backoffMs: 40,
  maxFailures: 3,
  maxRounds: 5,
  patienceMs: 20_000,
  recomputeCap: 3,
  storeRetryMs: 50,
  refreshIntervalMs: 10,
};

/** Where the strategy has any. */
const REFRESHERS = 2;

/** Failures are remembered for ten of these: longer than any test. */
const REMEMBERED_BACKOFF_MS = 200;

/** Replicas and refreshers in one process, each with connections of its own to one Redis, in front of one origin. */
export interface Fleet {
  readonly settings: FleetSettings;
  readonly options: Options;
  readonly origin: CountedOrigin;
  readonly replicas: readonly Strategy<string>[];
  /** A look at Redis from outside the fleet. */
  readonly cache: Cache<string>;
  readonly outside: IoRedisPort;
  readonly redis: RedisServer;
  /** The lease's term ends now, whoever holds it. */
  expireLease(key: string): Promise<void>;
  /** The killed server again, with nothing remembered. Resolves once every replica is connected. */
  restartRedis(): Promise<void>;
  close(): Promise<void>;
}

export type MakeFleet = (definition: Definition, settings?: Partial<FleetSettings>) => Promise<Fleet>;

export const startFleet: MakeFleet = async (definition, given = {}) => {
  const settings = { ...DEFAULTS, ...given };
  const options = { ...OPTIONS, ...settings.options };
  const origin = new CountedOrigin();
  const server = await (settings.ownRedis ? startRedisProcess() : startRedis());
  const connections: IoRedisPort[] = [];
  const connect = (name: string) => {
    const redis = connectRedis({ url: server.url }, { name, commandTimeoutMs: settings.commandTimeoutMs });
    connections.push(redis);
    return redis;
  };
  const leases: OpenLease<string>[] = [];
  const allReady = async () => {
    await Promise.all(connections.map((redis) => until('a connection to Redis', () => answers(redis))));
    await until('the lock servers', () => leases.every((lease) => lease.ready()));
  };

  const outside = connect('outside');
  const member = (index: number) => {
    const { assembled, lease } = memberOf(index, connect, definition, { settings, options, origin });
    leases.push(lease);
    return assembled;
  };
  const replicas = Array.from({ length: settings.replicas }, (_, index) => member(index).strategy);
  const refreshers = Array.from(
    { length: definition.refresher ? REFRESHERS : 0 },
    (_, index) => member(settings.replicas + index).refresher,
  );
  await allReady();
  const stopTicking = systemClock.every(options.refreshIntervalMs, () => {
    for (const refresher of refreshers) refresher?.tick().catch(() => {});
  });

  return {
    settings,
    options,
    origin,
    replicas,
    outside,
    cache: redisCache<string>(outside, settings),
    redis: server,
    async expireLease(key) {
      await outside.client.del(keysOf(key).lease);
    },
    async restartRedis() {
      await server.restart();
      await allReady();
    },
    async close() {
      stopTicking();
      origin.letGo();
      for (const redis of connections) redis.close();
      for (const lease of leases) lease.close();
      await server.stop();
    },
  };
};

/** What one member of the fleet is made of: the same stack as a replica's, seen by nobody. */
function memberOf(
  index: number,
  connect: (name: string) => IoRedisPort,
  definition: Definition,
  { settings, options, origin }: { settings: FleetSettings; options: Options; origin: CountedOrigin },
): { assembled: Assembled<string>; lease: OpenLease<string> } {
  const redis = connect(`r${index}`);
  const storeClock = new StoreClock(systemClock);
  const withinMs = settings.commandTimeoutMs;
  const hearing = { commands: redis, channel: `hearing of r${index}`, everyMs: 100, withinMs };
  const wakeups = redisWakeups<string>(connect(`r${index}-wakeups`), systemClock, { storeClock, hearing });
  const lease = openLease<string>(leaseConfig(`r${index}`, settings), redis, wakeups);
  const ports: Parts<string> = {
    cache: redisCache<string>(redis, { ...settings, storeClock }),
    lease: lease.lease,
    changes: wakeups,
    copies: lruCopies(settings.copiesBytes),
    demand: redisDemand(redis),
    origin: origin.for(index),
    clock: systemClock,
    random: settings.random,
    options,
  };
  const assembled = assemble(definition, ports, {
    observer: () => {},
    track: (step) => step,
    withEndingCommits: lease.withEndingCommits,
  });
  return { assembled, lease };
}

const leaseConfig = (name: string, settings: FleetSettings): LeaseConfig => ({
  NAME: name,
  LEASE_BACKEND: settings.leaseBackend,
  LOCK_SERVERS: [...settings.lockServers],
  LEASE_MS: settings.leaseMs,
  BACKOFF_MS: REMEMBERED_BACKOFF_MS,
  REDIS_TIMEOUT_MS: settings.commandTimeoutMs,
});

const answers = (redis: IoRedisPort): Promise<boolean> =>
  redis.client.ping().then(
    () => true,
    () => false,
  );
