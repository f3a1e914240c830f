import type { Plan, Scene } from '../strike.ts';
import { nextHolder } from './holder.ts';

/** Plans to hit Redis when a holder is at the run's point. */
export const plan = async (scene: Scene): Promise<Plan> => ({
  ...(await nextHolder(scene)),
  victim: scene.cluster.redis.name,
});
