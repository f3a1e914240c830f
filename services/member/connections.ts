import { randomUUID } from 'node:crypto';
import { connectRedis } from '../../backends/redis/ioredis/connection.ts';
import type { RedisPort } from '../../backends/redis/port.ts';
import { plainWrites, replicatedWrites, type Writes } from '../../backends/redis/replicated-writes.ts';
import { StoreClock } from '../../backends/redis/store-clock.ts';
import { redisWakeups, type Wakeups } from '../../backends/redis/wakeups.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { systemClock } from '../shared/clock.ts';
import type { AppConfig } from './config.ts';
import { type OpenLease, openLease } from './lease.ts';
import { observeConnections } from './observe/connections.ts';
import type { Emit } from './observe/journal.ts';
import type { AppMetrics } from './observe/metrics.ts';
import { observeWakeLag } from './observe/wake-lag.ts';

/** A wake-up connection that died in silence is noticed after this and a command's time-out. */
const HEARTBEAT_MS = 500;

/** What a process has open: connections for commands, for wake-ups, and for writes that wait, and the lease's backend. */
export interface Connections {
  readonly redis: RedisPort;
  /** Where the cache writes, and when a write counts. */
  readonly writes: Writes;
  /** Has a sample of the store's clock from each look at a key. */
  readonly storeClock: StoreClock;
  readonly wakeups: Wakeups<unknown>;
  readonly leasing: OpenLease<unknown>;
  /** Tells whether all of them are connected. */
  connected(): boolean;
  close(): void;
}

/** Opens a process's connections, and observes them. */
export function openConnections(
  config: AppConfig,
  ablation: Mutant | undefined,
  { metrics, emit }: { readonly metrics: AppMetrics; readonly emit: Emit },
): Connections {
  const route = config.REDIS_ROUTES.get(config.NAME);
  const address = route ? { url: `redis://${route.host}:${route.port}` } : config.REDIS_URL;
  const connect = (suffix: string, own: { identify?: boolean; heartbeatMs?: number }) =>
    connectRedis(address, {
      name: `${config.NAME}${suffix}`,
      commandTimeoutMs: config.REDIS_TIMEOUT_MS,
      ...own,
      changes: ablation?.changes ?? [],
    });
  const redis = connect('', { identify: true });
  const subscriber = connect('-sub', { heartbeatMs: HEARTBEAT_MS });
  observeWakeLag(subscriber, metrics);
  observeConnections(redis, emit);
  const storeClock = new StoreClock(systemClock);
  redis.onConnection(({ kind }) => {
    if (kind === 'lost') storeClock.forget();
  });
  const wakeups = redisWakeups<unknown>(subscriber, systemClock, {
    storeClock,
    hearing: {
      commands: redis,
      channel: `dogpile:hearing:${config.NAME}:${randomUUID()}`,
      everyMs: HEARTBEAT_MS,
      withinMs: config.REDIS_TIMEOUT_MS,
    },
  });
  const waiting = config.WAIT_REPLICAS > 0 ? connect('-writes', {}) : undefined;
  const replicated = waiting && replicatedWrites(waiting, waitFrom(config));
  const leasing = openLease<unknown>(config, redis, wakeups, replicated);
  metrics.leaseTerm.set(leasing.lease.ttlMs / 1000);
  return {
    redis,
    writes: replicated && config.WAIT_FOR === 'all' ? replicated : plainWrites(redis),
    storeClock,
    wakeups,
    leasing,
    connected: () =>
      redis.connected && subscriber.connected && waiting?.connected !== false && leasing.ready(),
    close() {
      redis.close();
      waiting?.close();
      subscriber.close();
      leasing.close();
    },
  };
}

/** Half of a command's time-out, so that the answer is in time even behind another WAIT. */
const waitFrom = ({ WAIT_REPLICAS: replicas, REDIS_TIMEOUT_MS }: AppConfig) => ({
  replicas,
  withinMs: Math.floor(REDIS_TIMEOUT_MS / 2),
});
