// Asks a replica for so many keys, each once, and prints what that left behind: in the process, and in Redis. Fails if the
// memory does not come back. Type: node --expose-gc test/support/flood-of-keys.ts lock 1000000

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { strategyNamed } from '../../strategies/index.ts';
import { type Fleet, startFleet } from './fleet.ts';

/** What a flood of keys left behind. */
export interface FloodLeft {
  readonly strategy: string;
  readonly keys: number;
  readonly floodMs: number;
  /** The heap with all that its objects hold outside of it, at its highest during the flood and at the end, less that before. */
  readonly mostHeapBytes: number;
  readonly heapBytes: number;
  /** How long after the last key the heap was back. */
  readonly afterMs: number;
  /** The Redis keys left, in all and other than fences; and what each fence takes. */
  readonly redisKeys: number;
  readonly otherRedisKeys: number;
  readonly bytesPerFence: number;
}

/** What the heap may keep: bounded books, and what Node compiles. A leak of a map's entry takes more for 30 000 keys. */
const MOST_LEFT_BYTES = 1_500_000;
/** So that Node has compiled what it will. */
const WARM_UP_KEYS = 500;
const AT_ONCE = 50;
const TTL_MS = 200;
/** A subscription lingers for a minute. */
const BACK_WITHIN_MS = 75_000;

const { gc } = globalThis;
assert.ok(gc, 'type node --expose-gc');
const [, , name = '', count = ''] = process.argv;
const definition = strategyNamed(name);
assert.ok(definition, 'type the name of a strategy, such as lock');
const keys = Number(count);
assert.ok(Number.isSafeInteger(keys) && keys > 0, 'type the number of keys, such as 30000');

function heapBytes(): number {
  gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Asks for keys of this name, each once, so many at once. Gives the highest heap on the way. */
async function flood({ replicas }: Fleet, prefix: string, total: number): Promise<number> {
  let [next, most] = [0, 0];
  const caller = async () => {
    while (next < total) {
      const index = next++;
      if (index % 100_000 === 99_999 || index === total - 1) most = Math.max(most, heapBytes());
      await replicas[0]?.get(`${prefix}-${index}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return most;
}

/** Waits until the heap is down to this size, or for as long as it may take. Gives its last size, and how long it took. */
async function settled(size: number): Promise<{ heap: number; afterMs: number }> {
  const since = performance.now();
  for (;;) {
    const heap = heapBytes();
    const afterMs = Math.round(performance.now() - since);
    if (heap <= size || afterMs > BACK_WITHIN_MS) return { heap, afterMs };
    await sleep(1000);
  }
}

const fleet = await startFleet(definition, {
  replicas: 1,
  ttlMs: TTL_MS,
  graceMs: 0,
  leaseMs: 5000,
  // A busy machine is no outage.
  commandTimeoutMs: 10_000,
  options: { recomputeCap: AT_ONCE, patienceMs: 60_000 },
});
try {
  fleet.origin.recording = false;
  const { client } = fleet.outside;
  const usedMemory = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  await flood(fleet, 'warm-up', WARM_UP_KEYS);
  const before = heapBytes();
  await client.flushall();
  const memoryBefore = await usedMemory();
  const floodedSince = performance.now();
  const most = await flood(fleet, 'key', keys);
  const floodMs = Math.round(performance.now() - floodedSince);
  const { heap, afterMs } = await settled(before + MOST_LEFT_BYTES);
  // The last values are over by then.
  await sleep(2 * TTL_MS);
  // The scan also removes what is over and Redis has not removed yet.
  let [redisKeys, fences] = [0, 0];
  for await (const found of client.scanStream({ count: 1000 }) as AsyncIterable<string[]>) {
    redisKeys += found.length;
    fences += found.filter((key) => key.endsWith(':fence')).length;
  }
  const memory = await usedMemory();
  const left: FloodLeft = {
    strategy: name,
    keys,
    floodMs,
    mostHeapBytes: most - before,
    heapBytes: heap - before,
    afterMs,
    redisKeys,
    otherRedisKeys: redisKeys - fences,
    bytesPerFence: Math.round((memory - memoryBefore) / Math.max(1, fences)),
  };
  console.log(JSON.stringify(left));
  process.exitCode = left.heapBytes <= MOST_LEFT_BYTES && left.otherRedisKeys <= 1 ? 0 : 1;
} finally {
  await fleet.close();
}
