import type { Begun } from '../../record/ledger.ts';

interface CurrentExpiry {
  readonly firstVersion: number;
  recomputes: number;
  /** When its first value was made. */
  madeAt?: number;
}

/** This long after an expiry's first value, a recompute belongs to the next expiry, whatever its asker has seen. */
const OVER_AFTER_MS = 1000;

/**
 * Tells expiries apart as the recomputes come in. A recompute belongs to the current expiry, unless its asker has already
 * seen a value of that expiry: then the next expiry begins. Time decides for askers that see little traffic. Only charts
 * and alerts use this; the judge counts by the commits, after the run.
 */
export class Expiries {
  readonly #cycles = new Map<string, CurrentExpiry>();

  /**
   * Counts a recompute. Gives the recomputes of its expiry so far, this one included; undefined if it belongs to no expiry,
   * since its asker had no store to fill. `after`: the newest version that the asker has seen stored.
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
