import type { Strike } from '../support/strike.ts';
import { plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  async inject({ cluster, last, settings }) {
    await cluster.pause('redis');
    await last(2.5 * settings.leaseMs);
  },
  heal: ({ cluster }) => cluster.resume('redis'),
};
