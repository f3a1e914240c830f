import type { Strike } from '../support/strike.ts';
import { letGo, nextHolder } from '../support/striking/holder.ts';
import { pauseMsFor } from './expectation.ts';

export const strike: Strike = {
  plan: nextHolder,
  hit: ({ cluster }, { victim }) => cluster.pause(victim),
  async last(scene, plan) {
    await scene.last(pauseMsFor(scene.settings));
    await letGo(scene, plan);
  },
  heal: ({ cluster }, { victim }) => cluster.resume(victim),
};
