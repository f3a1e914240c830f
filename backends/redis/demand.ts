import type { Demand } from '../../strategies/contract/index.ts';
import { answered, type ScriptedRedis } from './ioredis/connection.ts';

/** One sorted set for all keys, so that nobody has to search for those in demand: in a Redis Cluster, on one node. */
export const DEMAND = '{demand}:keys';

/** Demand as the Redis of the values remembers it. */
export const redisDemand = (redis: ScriptedRedis): Demand => ({
  async note(keys, lastsMs) {
    await answered(redis.noteDemand(DEMAND, lastsMs, ...keys));
  },
  wanted: async () => (await answered(redis.wantedKeys(DEMAND))) as string[],
});
