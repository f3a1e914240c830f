import type { Evidence } from '../../faults/support/evidence.ts';
import type { Settings } from '../../record/settings.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { Histogram } from '../histogram.ts';
import type { Spans } from './spans.ts';

/** Below this length of a recompute, a wait for it cannot be told from noise. */
export const LEAST_RECOMPUTE_MS = 50;
const LEAST_WAIT_MS = 25;
const SHARE_OF_RECOMPUTE = 1 / 4;

/** Gives by how much longer than the median hit a request took that has waited: max(25 ms, δ/4). */
export const waitBeyondMedianMs = ({ recomputeMs }: Pick<Settings, 'recomputeMs'>): number =>
  Math.max(LEAST_WAIT_MS, recomputeMs * SHARE_OF_RECOMPUTE);

/** One timed request. */
export interface Timed {
  readonly sentAt: WallMs;
  readonly endedAt: WallMs;
  /** How long it took, where this stopwatch measures. */
  readonly tookMs: number;
  /** How much of that a stall explains. */
  readonly stalledMs: () => number;
  /** Whether it counts among those that should not have waited. */
  readonly counts: boolean;
}

/** What a stopwatch measured. A request is *slow* if it took longer than `waitMs`, and was under way in a recompute for long enough. */
export interface Measured {
  /** Half of the requests that no recompute touched took at most this long. */
  readonly medianMs: number;
  readonly waitMs: number;
  /** Requests while a value was recomputed, and others. */
  readonly inside: number;
  readonly outside: number;
  /** How many of those that count were slow; how many were even without the time that stalls explain. */
  readonly slow: number;
  readonly slowUnexplained: number;
  readonly slowOutside: number;
  /** In how many recompute windows some were slow without explanation, and in how many pieces of the other time. */
  readonly windows: number;
  readonly pieces: number;
}

/**
 * Times requests in one pass, although what counts as slow is known only at the end: it keeps every time beyond the least
 * wait in histograms, and the longest of each recompute window. A request belongs to a window if it was under way in it.
 */
export class Stopwatch {
  readonly #windows: Spans;
  readonly #beyondMs: number;
  readonly #pieceMs: number;
  readonly #outside = new Histogram();
  readonly #long = { inside: new Histogram(), unexplained: new Histogram(), outside: new Histogram() };
  readonly #longest = { windows: new Map<number, number>(), pieces: new Map<number, number>() };
  #inside = 0;

  constructor(windows: Spans, { settings }: Pick<Evidence, 'settings'>) {
    this.#windows = windows;
    this.#beyondMs = waitBeyondMedianMs(settings);
    this.#pieceMs = Math.max(1, settings.recomputeMs);
  }

  time({ sentAt, endedAt, tookMs, stalledMs, counts }: Timed): void {
    const window = this.#windows.meeting(sentAt, endedAt);
    // A request just before the commit meets the burst of answers after it, and waits for no recompute.
    const heldMs = window === undefined ? tookMs : this.#windows.coveredMs(sentAt, endedAt);
    const mayBeSlow = counts && Math.min(tookMs, heldMs) > this.#beyondMs;
    const unexplainedMs = mayBeSlow ? tookMs - stalledMs() : 0;
    if (window === undefined) {
      this.#outside.record(tookMs);
      if (unexplainedMs <= this.#beyondMs) return;
      this.#long.outside.record(unexplainedMs);
      keepLongest(this.#longest.pieces, Math.floor(sentAt / this.#pieceMs), unexplainedMs);
    } else {
      this.#inside += 1;
      if (mayBeSlow) this.#long.inside.record(tookMs);
      if (unexplainedMs <= this.#beyondMs) return;
      this.#long.unexplained.record(unexplainedMs);
      keepLongest(this.#longest.windows, window, unexplainedMs);
    }
  }

  end(): Measured {
    const medianMs = this.#outside.atShare(0.5);
    const waitMs = medianMs + this.#beyondMs;
    const above = (longest: ReadonlyMap<number, number>) =>
      [...longest.values()].filter((ms) => ms > waitMs).length;
    return {
      ...{ medianMs, waitMs, inside: this.#inside, outside: this.#outside.count },
      slow: this.#long.inside.countAbove(waitMs),
      slowUnexplained: this.#long.unexplained.countAbove(waitMs),
      slowOutside: this.#long.outside.countAbove(waitMs),
      ...{ windows: above(this.#longest.windows), pieces: above(this.#longest.pieces) },
    };
  }
}

function keepLongest(longest: Map<number, number>, index: number, ms: number): void {
  if (ms > (longest.get(index) ?? 0)) longest.set(index, ms);
}
