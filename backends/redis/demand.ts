import type { Demand } from '../../strategies/contract/index.ts';
import { DEMAND } from './keys.ts';
import type { RedisPort } from './port.ts';

/** Keeps demand in the Redis of the values. */
export const redisDemand = (redis: RedisPort): Demand => ({
  async note(keys, lastsMs) {
    await redis.run('note', [DEMAND], [lastsMs, ...keys]);
  },
  wanted: async () => (await redis.run('wanted', [DEMAND], [])) as readonly string[],
});
