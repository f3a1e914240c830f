import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';
import { SHARE_OF_LEASE } from './expectation.ts';

export const strike: Strike = {
  plan: nextHolder,
  async inject({ cluster, last, settings }, { victim }) {
    await cluster.pause(victim);
    await last(settings.leaseMs * SHARE_OF_LEASE);
  },
  heal: ({ cluster }, { victim }) => cluster.resume(victim),
};
