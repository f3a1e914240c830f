import type { Fault } from './fault.ts';
import { needs, plan, presets, tolerance, verify } from './redis-outage.ts';

/** Redis is gone for three seconds and comes back empty. */
export const redisDown: Fault = {
  name: 'redis-down',
  summary: 'SIGKILL Redis for 3 s; it comes back empty',
  guard: 'degraded mode, with a cap; nothing unfenced is written later',
  presets,
  needs,
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  plan,
  async inject({ cluster, last }) {
    await cluster.kill('redis');
    await last(3000);
  },
  heal: ({ cluster }) => cluster.restart('redis'),
  verify,
};
