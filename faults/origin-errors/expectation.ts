import type { Settings } from '../../record/settings.ts';
import type { Evidence, Tolerance } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';

/** Makes half of the recomputes fail for a while. Requests get the stale value meanwhile, and nobody storms the origin. */
export const originErrors: Expectation = {
  name: 'origin-errors',
  summary: 'half of the recomputes fail for 8 s',
  guard: 'back-off, fleet-wide; stale values within the grace',
  presets: { TTL: '1s', RECOMPUTE: '100ms', RATE: '200', EXPIRIES: '12', GRACE: '30s' },
  outside: { needsProcess: false, tolerance, verify },
  tolerance,
  verify,
};

function tolerance({ graceMs, backoffMs }: Settings): Partial<Tolerance> {
  return {
    extraRecomputes: Number.POSITIVE_INFINITY,
    extraWaitMs: 2 * backoffMs,
    staleMs: graceMs,
  };
}

function verify({ recomputes, settings }: Evidence): Finding {
  const failed = recomputes.filter(({ ending }) => ending === 'error');
  if (failed.length === 0) return { verdict: 'unknown', detail: 'missed: no recompute failed' };
  const [first] = failed;
  const askedAgain = recomputes.some(({ beganWallMs }) => beganWallMs > (first?.endedWallMs ?? 0));
  if (!askedAgain) return { verdict: 'unknown', detail: 'missed: nobody asked again after a failure' };
  const tooSoon = failed.filter(({ endedWallMs = 0 }) =>
    recomputes.some(
      ({ beganWallMs }) => beganWallMs > endedWallMs && beganWallMs < endedWallMs + settings.backoffMs,
    ),
  ).length;
  return passIf(
    tooSoon === 0,
    `${failed.length} recomputes failed; ${tooSoon} times the origin was asked again within ${settings.backoffMs} ms`,
  );
}
