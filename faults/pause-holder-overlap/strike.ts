import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';

export const strike: Strike = {
  plan: nextHolder,
  async inject({ cluster, until, journals, settings }, { victim, fence = 0 }) {
    await cluster.pause(victim);
    const granted = () =>
      journals.events.find(
        (event) => event.event === 'granted' && event.key === settings.key && event.fence > fence,
      );
    await until('a grant to another replica', granted, settings.leaseMs + 5000);
  },
  heal: ({ cluster }, { victim }) => cluster.resume(victim),
};
