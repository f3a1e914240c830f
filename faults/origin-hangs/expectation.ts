import type { Settings } from '../../record/settings.ts';
import { originTimeoutMsFor } from '../../record/settings.ts';
import type { Expectation } from '../support/expectation.ts';
import { originOutage } from '../support/origin-outage.ts';
import { originOutage as fromOutside } from '../support/outside/origin-outage.ts';

/** How long the origin hangs. */
export const HANGS_MS = 6000;

/** Freezes the origin: it accepts every call and answers none. Each call ends at its time-out, and the fleet backs off. */
export const originHangs: Expectation = {
  name: 'origin-hangs',
  summary: `SIGSTOP the origin for ${HANGS_MS / 1000} s: it accepts calls and answers none`,
  guard: "the call's time-out; back-off, fleet-wide; stale values within the grace",
  presets: { TTL: '1s', RECOMPUTE: '100ms', RATE: '200', EXPIRIES: '6', ORIGIN_TIMEOUT: '1s' },
  outside: fromOutside(mostCalls),
  ...originOutage({
    failsWithinMs: originTimeoutMsFor,
    // What it finds when it wakes: calls whose askers have left.
    extraRecomputes: mostCalls,
    outlastsGrace: false,
  }),
};

/** Gives how many calls fit into the outage, if one follows another. */
function mostCalls(settings: Settings): number {
  return Math.ceil(HANGS_MS / (originTimeoutMsFor(settings) + settings.backoffMs)) + 1;
}
