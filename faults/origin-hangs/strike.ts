import type { Strike } from '../support/strike.ts';
import { untilWarm } from '../support/striking/warm.ts';
import { HANGS_MS } from './expectation.ts';

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'origin' };
  },
  hit: ({ cluster }) => cluster.pause('origin'),
  last: ({ last }) => last(HANGS_MS),
  heal: ({ cluster }) => cluster.resume('origin'),
};
