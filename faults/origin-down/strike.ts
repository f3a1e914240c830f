import type { Strike } from '../support/strike.ts';
import { untilWarm } from '../support/striking/warm.ts';

const LAST_MS = 6000;

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'origin' };
  },
  hit: ({ cluster }) => cluster.kill('origin'),
  last: ({ last }) => last(LAST_MS),
  heal: ({ cluster }) => cluster.restart('origin'),
};
