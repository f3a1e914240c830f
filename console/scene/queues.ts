import type { SceneCall } from './scene.ts';

/** What takes less time is no queue: the origin only had to get to it. */
const LEAST_QUEUE_MS = 5;

/** Tells whether a call had to queue at the origin. */
export const hasQueued = ({ arrivedMs, beganMs }: SceneCall): boolean => beganMs - arrivedMs > LEAST_QUEUE_MS;
