import type { Recompute } from '../../../faults/support/evidence.ts';
import { recomputesIn } from '../../../judge/cycles.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import type { Settings } from '../../../record/settings.ts';

/** The recomputes of an expiry. */
interface Expiry {
  readonly recomputes: Recompute[];
  filledWallMs?: number;
}

/** So much of the TTL after a fill, whoever recomputes begins another expiry. */
const NEXT_AFTER_TTLS = 0.5;

/**
 * Counts the expiries of a user's own service that were filled, after the cold start, by the ledger alone. It only says when a
 * run has seen enough: the judge looks closer.
 */
export function expiriesSoFar(
  ledger: readonly LedgerLine[],
  { key, ttlMs }: Pick<Settings, 'key' | 'ttlMs'>,
): readonly Expiry[] {
  const expiries: Expiry[] = [];
  for (const recompute of recomputesIn(ledger, key)) {
    let last = expiries.at(-1);
    const nextFromMs = (last?.filledWallMs ?? Number.POSITIVE_INFINITY) + NEXT_AFTER_TTLS * ttlMs;
    if (!last || recompute.beganWallMs > nextFromMs) {
      last = { recomputes: [] };
      expiries.push(last);
    }
    last.recomputes.push(recompute);
    const { ending, endedWallMs = Number.POSITIVE_INFINITY } = recompute;
    if (ending === 'ok' && endedWallMs < (last.filledWallMs ?? Number.POSITIVE_INFINITY))
      last.filledWallMs = endedWallMs;
  }
  return expiries.slice(1).filter(({ filledWallMs }) => filledWallMs !== undefined);
}
