import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';
import { patienceMs } from '../support/striking/warm.ts';

const VICTIMS = ['lock-1', 'lock-2'];

/** For how many fills the servers stay down, the current one included. */
const FILLS = 4;

export const strike: Strike = {
  plan: async (scene) => ({ ...(await nextHolder(scene)), victim: VICTIMS.join(' ') }),
  async hit({ cluster }) {
    await Promise.all(VICTIMS.map((name) => cluster.kill(name)));
  },
  async last(scene, { fence = 0 }) {
    const { until, journals } = scene;
    const fills = () =>
      journals.events.filter(
        (event) => event.event === 'commit' && event.outcome === 'accepted' && event.fence >= fence,
      ).length;
    await until(`${FILLS} fills`, () => (fills() >= FILLS ? true : undefined), patienceMs(scene));
  },
  async heal({ cluster }) {
    await Promise.all(VICTIMS.map((name) => cluster.restart(name)));
  },
};
