import type { Strike } from '../support/strike.ts';
import { plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  hit: ({ cluster }) => cluster.kill('redis'),
  last: ({ last }) => last(3000),
  heal: ({ cluster }) => cluster.restart('redis'),
};
