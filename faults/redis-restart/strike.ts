import type { Strike } from '../support/strike.ts';
import { after, plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  hit: ({ cluster }) => cluster.kill(cluster.redis.name),
  heal: ({ cluster }, { victim }) => cluster.restart(victim),
  after,
};
