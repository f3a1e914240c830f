import type { Expectation } from '../support/expectation.ts';
import { redisOutage } from '../support/outside/redis-outage.ts';
import { needs, presets, tolerance, verify } from '../support/redis-outage.ts';

const SELF_SERVICE = 'Each replica serves itself. Afterwards one recompute fills the empty store.';

/** Takes Redis away for three seconds. It comes back empty. */
export const redisDown: Expectation = {
  name: 'redis-down',
  summary: 'SIGKILL Redis for 3 s; it comes back empty',
  guard: 'degraded mode, with a cap; nothing unfenced is written later',
  presets,
  needs,
  outside: redisOutage(true),
  points: {
    granted: `The grant is lost with the connection. ${SELF_SERVICE}`,
    recomputing: `What the holder makes is not written later. ${SELF_SERVICE}`,
    committing: `The write is lost with the connection, and does not come later. ${SELF_SERVICE}`,
    committed: `The value is lost with the store. ${SELF_SERVICE}`,
  },
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  verify,
};
