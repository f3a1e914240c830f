import fc from 'fast-check';
import { redisCache } from '../../../backends/redis/cache.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { storeMsFrom } from '../../../backends/redis/time.ts';
import { until } from '../within.ts';
import type { Ear } from './ear.ts';
import { KEY, type Shared, TTL_MS } from './shared.ts';

const { entry, lease, fence, failure } = keysOf(KEY);

/** Mints of one millisecond run ahead of the clock; no store loses its memory and comes back that fast. */
async function clockPassesFence(redis: Shared['redis'], history: Shared['history']): Promise<void> {
  const passed = async () => {
    const [seconds, microseconds] = await redis.client.time();
    return storeMsFrom(seconds, microseconds) > history.newestFence + 1;
  };
  await until('the clock to pass the newest fence', passed);
}

/** What may come in between, and how it is done to the world. */
const KINDS = {
  'the lease runs out': async ({ redis }) => {
    await redis.client.del(lease);
  },
  'the value is due': async ({ redis }) => {
    await redis.client.pexpire(entry, TTL_MS);
  },
  'the value is forgotten': async ({ redis, history }) => {
    await redis.client.del(entry);
    history.forgotten();
  },
  'the key is invalidated': async ({ redis, history }) => {
    const { fence } = await redisCache(redis, { ttlMs: TTL_MS, graceMs: TTL_MS }).invalidate(KEY);
    history.invalidated(fence);
  },
  'the store comes back empty': async ({ redis, history }) => {
    await clockPassesFence(redis, history);
    await redis.client.flushall();
    history.flushed();
  },
  'the fence is forgotten': async ({ redis, history }) => {
    await clockPassesFence(redis, history);
    await redis.client.del(fence);
    history.fenceForgotten();
  },
  'the back-off passes': async ({ redis }) => {
    await redis.client.pexpire(failure, TTL_MS);
  },
  'the origin fails': async ({ faults }) => {
    faults.originFailures += 1;
  },
  'a request is lost': async ({ faults }, replica) => {
    faults.lostRequest.add(replica);
  },
  'a reply is lost': async ({ faults }, replica) => {
    faults.lostReply.add(replica);
  },
  'the lock servers are gone': async ({ faults }, replica) => {
    faults.noLease.add(replica);
  },
  'wake-ups are lost': async (_, replica, ears) => ears[replica]?.lose(),
  'wake-ups reconnect': async (_, replica, ears) => void ears[replica]?.reconnect(),
  'a replica is paused': async ({ steps }, replica) => steps.pause(replica, 40),
} satisfies Record<string, (shared: Shared, replica: number, ears: readonly Ear[]) => Promise<void>>;

type Kind = keyof typeof KINDS;
const everyKind = Object.keys(KINDS) as Kind[];

export interface Disturbance {
  readonly kind: Kind;
  readonly replica: number;
  /** Steps since the one before. */
  readonly after: number;
}

/** Any of them, some steps apart. */
export const disturbancesOf = (replicas: number): fc.Arbitrary<Disturbance[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...everyKind),
      replica: fc.nat(replicas - 1),
      after: fc.integer({ min: 1, max: 20 }),
    }),
    { maxLength: 14, size: 'max' },
  );

export async function disturb({ kind, replica }: Disturbance, shared: Shared, ears: readonly Ear[]) {
  shared.history.events.push(`— ${kind} (r${replica})`);
  await KINDS[kind](shared, replica, ears);
}
