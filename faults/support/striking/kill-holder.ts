import type { Strike } from '../strike.ts';
import { nextHolder, untilFilledByAnother } from './holder.ts';

/** Kills the next lease holder, waits until another process has written, and restarts it. */
export const killNextHolder: Strike = {
  plan: nextHolder,
  async inject(scene, { victim, fence = 0 }) {
    await scene.cluster.kill(victim);
    await untilFilledByAnother(scene, fence);
  },
  heal: ({ cluster }, { victim }) => cluster.restart(victim),
};
