import type { Expectation } from '../support/expectation.ts';
import { originOutage } from '../support/origin-outage.ts';
import { originOutage as fromOutside } from '../support/outside/origin-outage.ts';

/** Takes the origin away. Requests get the stale value while the grace lasts, then fast and clear errors. */
export const originDown: Expectation = {
  name: 'origin-down',
  summary: 'SIGKILL the origin for 6 s; stale values last 2 s',
  guard: 'back-off, fleet-wide; stale values within the grace; errors at once afterwards',
  presets: { TTL: '1s', RECOMPUTE: '100ms', RATE: '200', EXPIRIES: '10', GRACE: '2s' },
  outside: fromOutside(() => 1),
  ...originOutage({
    // Its address refuses connections.
    failsWithinMs: () => 0,
    extraRecomputes: () => 1,
    outlastsGrace: true,
  }),
};
