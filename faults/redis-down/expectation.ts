import type { Expectation } from '../support/expectation.ts';
import { needs, presets, tolerance, verify } from '../support/redis-outage.ts';

/** Takes Redis away for three seconds. It comes back empty. */
export const redisDown: Expectation = {
  name: 'redis-down',
  summary: 'SIGKILL Redis for 3 s; it comes back empty',
  guard: 'degraded mode, with a cap; nothing unfenced is written later',
  presets,
  needs,
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  verify,
};
