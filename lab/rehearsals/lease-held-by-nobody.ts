import { keysOf, RELEASED } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import type { Rehearsal } from './rehearsal.ts';

export const leaseHeldByNobody: Rehearsal = {
  alert: 'LeaseHeldByNobody',
  values: { STRATEGY: 'lock' },
  breaks: 'the lease belongs to a process that does not exist, and never runs out',
  remedy: "the escape hatch: DEL '{hot}:lease', then PUBLISH",
  hit: ({ cluster, settings }) =>
    askRedis(cluster.redis.url, async (redis) => {
      await redis.set(keysOf(settings.key).lease, 'nobody');
    }),
  heal: ({ cluster, settings }) =>
    askRedis(cluster.redis.url, async (redis) => {
      const { lease, channel } = keysOf(settings.key);
      await redis.del(lease);
      await redis.publish(channel, RELEASED);
    }),
};
