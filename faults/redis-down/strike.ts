import type { Strike } from '../support/strike.ts';
import { plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  async inject({ cluster, last }) {
    await cluster.kill('redis');
    await last(3000);
  },
  heal: ({ cluster }) => cluster.restart('redis'),
};
