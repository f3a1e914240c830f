import { askRedis } from '../../cluster/ask-redis.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';

const LAST_MS = 3000;

/** A server that has fewer replicas than this refuses writes, and this one has none. */
const demandReplicas = ({ cluster }: Scene, count: number): Promise<unknown> =>
  askRedis(cluster.redis.url, (redis) => redis.config('SET', 'min-replicas-to-write', count));

export const strike: Strike = {
  plan: async (scene) => ({ ...(await nextHolder(scene)), victim: 'redis' }),
  hit: async (scene) => void (await demandReplicas(scene, 1)),
  last: ({ last }) => last(LAST_MS),
  heal: async (scene) => void (await demandReplicas(scene, 0)),
};
