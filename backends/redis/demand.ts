import type { Demand } from '../../strategies/contract/index.ts';
import { DEMAND } from './keys.ts';
import type { RedisPort } from './port.ts';

/** How many keys may be in demand. Of more, those that were noted last stay; the others are refreshed by nobody. */
export const MOST_IN_DEMAND = 10_000;

/** Keeps demand in the Redis of the values. */
export const redisDemand = (redis: RedisPort): Demand => ({
  async note(keys, lastsMs) {
    await redis.run('note', [DEMAND], [lastsMs, MOST_IN_DEMAND, ...keys]);
  },
  wanted: async () => (await redis.run('wanted', [DEMAND], [])) as readonly string[],
});
