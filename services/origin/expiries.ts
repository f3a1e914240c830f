import type { Begun } from '../../record/ledger.ts';
import { RecentKeys } from '../../strategies/shared/bounded/recent-keys.ts';

/** The most keys remembered. */
const MOST_KEYS = 10_000;

interface Expiry {
  readonly replaces: number;
  readonly recomputes: number;
}

/**
 * Tells expiries apart as the recomputes come in: all recomputes that replace the same version belong to one expiry. Only
 * charts and alerts use this; the judge counts after the run.
 */
export class Expiries {
  readonly #latest = new RecentKeys<Expiry>(MOST_KEYS);

  /**
   * Counts a recompute. Gives the recomputes of its expiry so far, this one included; undefined if it belongs to no expiry,
   * since its asker had no store.
   */
  countRecompute({ key, replaces }: Begun): number | undefined {
    if (replaces === undefined) return undefined;
    const latest = this.#latest.get(key);
    const recomputes = latest?.replaces === replaces ? latest.recomputes + 1 : 1;
    this.#latest.set(key, { replaces, recomputes });
    return recomputes;
  }
}
