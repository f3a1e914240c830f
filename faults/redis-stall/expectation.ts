import type { Expectation } from '../support/expectation.ts';
import { redisOutage } from '../support/outside/redis-outage.ts';
import { needs, presets, tolerance, verify } from '../support/redis-outage.ts';

const SELF_SERVICE = 'Each replica serves itself. Afterwards one recompute fills the key.';

/** Pauses Redis for longer than the lease: commands hang, connections stay. */
export const redisStall: Expectation = {
  name: 'redis-stall',
  summary: 'SIGSTOP Redis for two and a half leases',
  guard: 'commands time out; degraded mode; the fence',
  presets,
  needs,
  outside: redisOutage(false),
  points: {
    granted: `The holder learns of its grant and cannot renew it. ${SELF_SERVICE}`,
    recomputing: `The holder cannot commit in time. ${SELF_SERVICE}`,
    committing: `Redis executes the write when it wakes, or the fence refuses it. ${SELF_SERVICE}`,
    committed: `The value is stored, and nobody can read it. ${SELF_SERVICE}`,
  },
  tolerance,
  verify,
};
