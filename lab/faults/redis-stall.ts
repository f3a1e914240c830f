import type { Fault } from './fault.ts';
import { needs, plan, presets, tolerance, verify } from './redis-outage.ts';

/** SIGSTOP to Redis for longer than the lease: commands hang, connections stay. */
export const redisStall: Fault = {
  name: 'redis-stall',
  summary: 'SIGSTOP Redis for two and a half leases',
  guard: 'commands time out; degraded mode; the fence',
  presets,
  needs,
  tolerance,
  plan,
  async inject({ cluster, last, settings }) {
    await cluster.pause('redis');
    await last(2.5 * settings.leaseMs);
  },
  heal: ({ cluster }) => cluster.resume('redis'),
  verify,
};
