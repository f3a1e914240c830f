import type { Commit, Cycle, Evidence } from '../../faults/support/evidence.ts';
import { knownIf, passIf } from '../../faults/support/finding.ts';
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
    // Both are in order, so each commit is looked at once.
    const lastOf = new Map<string | undefined, Commit>();
    let next = 0;
    const earlyMs = expiries.flatMap((cycle) => {
      for (; isBefore(accepted[next], cycle); next++) {
        const commit = accepted[next] as Commit;
        lastOf.set(orderIn(evidence, commit.by, commit.atWallMs, commit.atWallMs), commit);
      }
      const order = orderSeenBy(evidence, cycle);
      const last = order === undefined ? undefined : lastOf.get(order);
      const leftMs = last ? last.atStoreMs + shortestMs - cycle.beganStoreMs : 0;
      return leftMs > EXPIRY_ROUNDING_MS ? [leftMs] : [];
    });
    // Values that are invalidated before their TTL is over do not expire.
    if (expiries.length === 0 && (settings.invalidateMs ?? Number.POSITIVE_INFINITY) <= shortestMs)
      return undefined;
    if (expiries.length === 0) return knownIf(false, 'nothing expired');
    if (earlyMs.length === 0) return passIf(true, `${expiries.length} expiries, none early`);
    const most = earlyMs.reduce((a, b) => Math.max(a, b)).toFixed(0);
    return passIf(
      false,
      `${earlyMs.length} of ${expiries.length} expiries early, with a value good for ${most} ms more`,
    );
  },
};

const isBefore = (commit: Commit | undefined, { beganStoreMs }: Cycle): boolean =>
  commit !== undefined && commit.atStoreMs < beganStoreMs;

/** Gives the order of values that the cycle's first recompute saw. In a cut network there may be another. */
const orderSeenBy = (evidence: Evidence, { recomputes, beganWallMs }: Cycle): string | undefined =>
  orderIn(evidence, recomputes[0]?.by ?? '', beganWallMs, beganWallMs);
