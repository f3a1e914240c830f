import type { Begun } from '../../record/ledger.ts';

interface CurrentExpiry {
  readonly firstVersion: number;
  recomputes: number;
  /** When its first value was made. */
  madeAt?: number;
}

/** So long after an expiry's first value nobody is a straggler of it any more, whatever he has seen. */
const OVER_AFTER_MS = 1000;

/**
 * Tells expiries apart as the recomputes come in. A recompute belongs to the expiry under way, unless its asker has seen
 * a value of that expiry already: then it is the next. Askers that see little traffic are told by the time. The judge
 * counts by the commits instead, after the run; this is for charts and alerts.
 */
export class Expiries {
  readonly #cycles = new Map<string, CurrentExpiry>();

  /**
   * `after`: the newest version that the asker has seen stored. Gives the recomputes of the expiry so far, this one
   * included; undefined for one that belongs to no expiry, since it was asked for without a store to fill.
   */
  countRecompute({ key, version, seenAt }: Begun, after: number): number | undefined {
    const current = this.#cycles.get(key);
    if (seenAt === undefined) {
      if (!current || current.madeAt !== undefined) return undefined;
    } else if (!current || isOver(current, after, seenAt)) {
      this.#cycles.set(key, { firstVersion: version, recomputes: 1 });
      return 1;
    }
    current.recomputes += 1;
    return current.recomputes;
  }

  countFill({ key, version }: Begun, at: number): void {
    const current = this.#cycles.get(key);
    if (current && version >= current.firstVersion) current.madeAt ??= at;
  }
}

const isOver = ({ firstVersion, madeAt }: CurrentExpiry, after: number, seenAt: number): boolean =>
  after >= firstVersion || (madeAt !== undefined && seenAt > madeAt + OVER_AFTER_MS);
