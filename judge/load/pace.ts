import type { Evidence } from '../../faults/support/evidence.ts';
import type { Witness } from '../../faults/support/witness.ts';

const BIN_MS = 50;
const BINS_PER_BLOCK = 1200;

/** The load as it was sent. */
export interface Sent {
  readonly perSecond: number;
  /** The standard deviation of the arrivals per 50 ms, as a share of their mean. */
  readonly unevenness: number;
  /** The arrivals that 50 ms should have had. */
  readonly expected: number;
  /** How many there were for one that should have been. */
  readonly rate: number;
}

/**
 * Measures the pace at which requests were sent since the run was warm, whatever became of them; undefined: too little load
 * to tell. It counts per 50 ms and forgets nothing before the end, since a request may end, and so be seen, long after
 * it was sent. That costs 288 kB an hour.
 */
export function paceOf({
  settings,
  warmWallMs,
}: Pick<Evidence, 'settings' | 'warmWallMs'>): Witness<Sent | undefined> {
  const bins = new Bins();
  let last = 0;
  return {
    see({ sentAt, dueAt }) {
      const at = sentAt ?? dueAt;
      if (at > last) last = at;
      const bin = Math.floor((at - warmWallMs) / BIN_MS);
      if (bin >= 0) bins.count(bin);
    },
    end() {
      const whole = Math.floor((last - warmWallMs) / BIN_MS);
      if (!(whole >= 2)) return undefined;
      const { mean, deviation } = bins.ofFirst(whole);
      const expected = (settings.ratePerSecond * BIN_MS) / 1000;
      return {
        perSecond: mean * (1000 / BIN_MS),
        // With few arrivals per bin, one more or less is no unevenness.
        unevenness: deviation / Math.max(mean, 1),
        expected,
        rate: mean / expected,
      };
    },
  };
}

/** Counts per bin, in blocks of a minute, so that a moment that is far off takes no room for all the bins before it. */
class Bins {
  readonly #blocks = new Map<number, Uint32Array>();

  count(bin: number): void {
    const index = Math.floor(bin / BINS_PER_BLOCK);
    let block = this.#blocks.get(index);
    if (!block) {
      block = new Uint32Array(BINS_PER_BLOCK);
      this.#blocks.set(index, block);
    }
    block[bin % BINS_PER_BLOCK] = (block[bin % BINS_PER_BLOCK] as number) + 1;
  }

  /** Gives the mean and the standard deviation of the counts of the first bins, the empty ones included. */
  ofFirst(bins: number): { mean: number; deviation: number } {
    let [sum, squares] = [0, 0];
    for (const [index, block] of this.#blocks) {
      for (const count of block.subarray(0, Math.max(0, bins - index * BINS_PER_BLOCK))) {
        sum += count;
        squares += count * count;
      }
    }
    const mean = sum / bins;
    return { mean, deviation: Math.sqrt(Math.max(0, squares / bins - mean * mean)) };
  }
}
