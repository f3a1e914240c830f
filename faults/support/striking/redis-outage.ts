import { isForeign } from '../../../record/foreign/foreign.ts';
import { RECOVERS_WITHIN_MS } from '../outside/recovery.ts';
import type { Plan, Scene } from '../strike.ts';
import { nextHolder } from './holder.ts';

/** Plans to hit Redis when a holder is at the run's point. */
export const plan = async (scene: Scene): Promise<Plan> => ({
  ...(await nextHolder(scene)),
  victim: scene.cluster.redis.name,
});

/** Waits until a service of the user's own must have noticed that Redis is back, so that more expiries follow. */
export const after = async ({ last, settings }: Scene): Promise<void> => {
  if (isForeign(settings)) await last(RECOVERS_WITHIN_MS);
};
