import type { Strike } from '../support/strike.ts';
import { nextHolder, untilFilledByAnother } from '../support/striking/holder.ts';

export const strike: Strike = {
  plan: nextHolder,
  async inject(scene, { victim, fence = 0 }) {
    await scene.cluster.kill(victim);
    await untilFilledByAnother(scene, fence);
  },
  heal: ({ cluster }, { victim }) => cluster.restart(victim),
};
