import type { Plan, Scene } from '../strike.ts';
import { nextHolder } from './holder.ts';

/** Redis is hit right after a grant, so that a fill is under way. */
export const plan = async (scene: Scene): Promise<Plan> => ({
  ...(await nextHolder(scene)),
  victim: 'redis',
});
