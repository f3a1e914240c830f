import type { Strike } from '../support/strike.ts';
import { plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  hit: ({ cluster }) => cluster.kill('redis'),
  heal: ({ cluster }) => cluster.restart('redis'),
};
