import type { Strike } from '../support/strike.ts';
import { untilWarm } from '../support/striking/warm.ts';

const LAST_MS = 6000;

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'origin' };
  },
  async inject({ cluster, last }) {
    await cluster.kill('origin');
    await last(LAST_MS);
  },
  heal: ({ cluster }) => cluster.restart('origin'),
};
