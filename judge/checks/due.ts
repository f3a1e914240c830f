import type { Cycle, Evidence } from '../../faults/support/evidence.ts';
import { knownIf, passIf } from '../../faults/support/finding.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { orderIn } from '../evidence.ts';
import type { Check } from './check.ts';

/** Redis rounds the end of a value's life to whole milliseconds. */
const EXPIRY_ROUNDING_MS = 2;

/**
 * Checks that no expiry begins before the TTL has passed since the last accepted commit before it, both by the store's
 * clock, unless the strategy recomputes early. A value that was invalidated or lost with the store is no expiry.
 */
export const due: Check = {
  name: 'recomputed only when due',
  judge(evidence) {
    const { claim, commits, cycles, settings } = evidence;
    if (claim.early) return undefined;
    const shortestMs = settings.ttlMs * (1 - settings.ttlJitter);
    const expiries = cycles.filter(({ cause }) => cause === 'expiry');
    const accepted = commits.filter(({ accepted }) => accepted);
    const earlyMs = expiries.flatMap((cycle) => {
      const last = accepted.findLast(
        ({ by, atStoreMs, atWallMs }) =>
          atStoreMs < cycle.beganStoreMs && inOrderWith(evidence, cycle, by, atWallMs),
      );
      const leftMs = last ? last.atStoreMs + shortestMs - cycle.beganStoreMs : 0;
      return leftMs > EXPIRY_ROUNDING_MS ? [leftMs] : [];
    });
    if (expiries.length === 0) return knownIf(false, 'nothing expired');
    if (earlyMs.length === 0) return passIf(true, `${expiries.length} expiries, none early`);
    const most = Math.max(...earlyMs).toFixed(0);
    return passIf(
      false,
      `${earlyMs.length} of ${expiries.length} expiries early, with a value good for ${most} ms more`,
    );
  },
};

/** Tells whether a commit is in the order of values that the cycle's first recompute saw. In a cut network it may not be. */
function inOrderWith(evidence: Evidence, { recomputes, beganWallMs }: Cycle, by: string, at: WallMs) {
  const order = orderIn(evidence, recomputes[0]?.by ?? '', beganWallMs, beganWallMs);
  return order !== undefined && order === orderIn(evidence, by, at, at);
}
