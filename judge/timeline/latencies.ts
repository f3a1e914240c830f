import { Histogram } from '../histogram.ts';

/** Each factor of ten is cut into so many equal parts, on a logarithmic scale. */
const PARTS_PER_DECADE = 10;
/** From 0.1 ms to 100 s. What is shorter or longer counts in the first or the last part. */
const [LEAST, MOST] = [-1, 5];

/** Where the parts of the scale begin, and where the last one ends, in ms. */
export const LATENCY_EDGES_MS: readonly number[] = Array.from(
  { length: (MOST - LEAST) * PARTS_PER_DECADE + 1 },
  (_, index) => 10 ** (LEAST + index / PARTS_PER_DECADE),
);

/** How long the requests of one outcome took, in ms. */
export interface Latencies {
  readonly outcome: string;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** How many are in each part of {@link LATENCY_EDGES_MS}. */
  readonly counts: readonly number[];
}

/** Collects latencies by outcome. */
export class LatenciesByOutcome {
  readonly #histograms = new Map<string, Histogram>();

  record(outcome: string, ms: number): void {
    let histogram = this.#histograms.get(outcome);
    if (!histogram) {
      histogram = new Histogram();
      this.#histograms.set(outcome, histogram);
    }
    histogram.record(ms);
  }

  /** Gives them, the most frequent outcome first. */
  all(): Latencies[] {
    return [...this.#histograms]
      .map(([outcome, histogram]) => latenciesOf(outcome, histogram))
      .sort((a, b) => b.count - a.count);
  }
}

function latenciesOf(outcome: string, histogram: Histogram): Latencies {
  const above = LATENCY_EDGES_MS.map((ms) => histogram.countAbove(ms));
  const { count, maxMs: max } = histogram;
  above[0] = count;
  above[above.length - 1] = 0;
  const counts = above.slice(0, -1).map((more, index) => more - (above[index + 1] ?? 0));
  return { outcome, count, p50: histogram.atShare(0.5), p99: histogram.atShare(0.99), max, counts };
}
