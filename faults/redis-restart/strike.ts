import type { Strike } from '../support/strike.ts';
import { plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  async inject({ cluster, note }) {
    await cluster.kill('redis');
    note('killed');
  },
  heal: ({ cluster }) => cluster.restart('redis'),
};
