import type { LedgerLine } from '../../../record/ledger.ts';
import type { Settings } from '../../../record/settings.ts';
import type { WallMs } from '../../../record/times.ts';
import type { Recompute } from '../evidence.ts';

/** The recomputes of an expiry. */
interface Expiry {
  readonly recomputes: Recompute[];
  readonly beganWallMs: WallMs;
  filledWallMs?: WallMs;
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
  const madeWallMs = new Map(
    ledger.flatMap((line) => (line.event === 'end' && line.ending === 'ok' ? [[line.id, line.at]] : [])),
  );
  const expiries: Expiry[] = [];
  for (const line of ledger) {
    if (line.event !== 'begin' || line.key !== key) continue;
    let last = expiries.at(-1);
    const nextFromMs = (last?.filledWallMs ?? Number.POSITIVE_INFINITY) + NEXT_AFTER_TTLS * ttlMs;
    if (!last || line.at > nextFromMs) {
      last = { recomputes: [], beganWallMs: line.at };
      expiries.push(last);
    }
    const { id, version, by, at } = line;
    last.recomputes.push({ id, version, by, beganWallMs: at });
    const endedWallMs = madeWallMs.get(id);
    if (endedWallMs !== undefined && endedWallMs < (last.filledWallMs ?? Number.POSITIVE_INFINITY))
      last.filledWallMs = endedWallMs;
  }
  return expiries.slice(1).filter(({ filledWallMs }) => filledWallMs !== undefined);
}
