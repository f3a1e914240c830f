import type { Expectation } from '../support/expectation.ts';
import { needs, presets, tolerance, verify } from '../support/redis-outage.ts';

/** Pauses Redis for longer than the lease: commands hang, connections stay. */
export const redisStall: Expectation = {
  name: 'redis-stall',
  summary: 'SIGSTOP Redis for two and a half leases',
  guard: 'commands time out; degraded mode; the fence',
  presets,
  needs,
  tolerance,
  verify,
};
