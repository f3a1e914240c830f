import type { Plan, Scene } from '../strike.ts';
import { nextHolder } from './holder.ts';

/** Plans to hit Redis right after a grant, while the holder recomputes. */
export const plan = async (scene: Scene): Promise<Plan> => ({
  ...(await nextHolder(scene)),
  victim: 'redis',
});
