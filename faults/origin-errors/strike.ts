import { tellOrigin } from '../../cluster/tell-origin.ts';
import type { Strike } from '../support/strike.ts';
import { untilWarm } from '../support/striking/warm.ts';

const ERROR_RATE = 0.5;

const LAST_MS = 8000;

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'origin' };
  },
  hit: ({ cluster }) => tellOrigin(cluster.origin, { errorRate: ERROR_RATE }),
  last: ({ last }) => last(LAST_MS),
  heal: ({ cluster }) => tellOrigin(cluster.origin, { errorRate: 0 }),
};
