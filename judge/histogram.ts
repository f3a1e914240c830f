import type { Percentiles } from '../record/result.ts';

/** Each power of two is cut into so many equal buckets. Their middle is within 0.05 % of every value in them. */
const BUCKETS_PER_OCTAVE = 1024;
/** Below, each microsecond has a bucket of its own. */
const LINEAR_BELOW_US = 2 * BUCKETS_PER_OCTAVE;
const LINEAR_OCTAVES = Math.log2(BUCKETS_PER_OCTAVE);
/** Longer times, of some 13 days and more, count as this long. The maximum is exact all the same. */
const LONGEST_US = 2 ** 40 - 1;

/**
 * Counts durations in buckets whose width grows with the duration, so that every percentile is within 0.1 % (below 2 ms:
 * within 1 µs) and a million durations need no more memory than a thousand. The layout is that of HdrHistogram, by
 * G. Tene: http://hdrhistogram.org.
 */
export class Histogram {
  #counts = new Uint32Array(LINEAR_BELOW_US);
  #count = 0;
  #maxMs = 0;

  /** Counts a duration in ms, so many times. A negative one counts as 0. */
  record(ms: number, times = 1): void {
    if (times === 0) return;
    const bucket = bucketOf(ms);
    if (bucket >= this.#counts.length) this.#growTo(bucket);
    this.#counts[bucket] = (this.#counts[bucket] as number) + times;
    this.#count += times;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** Counts all that the other one has counted, too. */
  add(other: Histogram): void {
    if (other.#counts.length > this.#counts.length) this.#growTo(other.#counts.length - 1);
    for (const [bucket, count] of other.#counts.entries())
      this.#counts[bucket] = (this.#counts[bucket] as number) + count;
    this.#count += other.#count;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  get count(): number {
    return this.#count;
  }

  /** The longest duration, exact; 0 if there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** Gives the smallest duration that the share of all does not exceed, in ms: the nearest rank. 0 if there is none. */
  atShare(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let upTo = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      upTo += count;
      if (upTo >= rank) return Math.min(middleMsOf(bucket), this.#maxMs);
    }
    return this.#maxMs;
  }

  /** Counts those longer than this, in ms: exactly, but for durations that are as long as this within 0.1 %. */
  countAbove(ms: number): number {
    if (ms >= this.#maxMs) return 0;
    return this.#counts.subarray(bucketOf(ms) + 1).reduce((sum, count) => sum + count, 0);
  }

  /** Gives the percentiles in ms; null if nothing was counted. */
  percentiles(): Percentiles | null {
    if (this.#count === 0) return null;
    const [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map((share) => this.atShare(share));
    return { p50, p90, p99, p999, max: this.#maxMs } as Percentiles;
  }

  /** Makes room up to the end of the bucket's octave. */
  #growTo(bucket: number): void {
    const counts = new Uint32Array(Math.ceil((bucket + 1) / BUCKETS_PER_OCTAVE) * BUCKETS_PER_OCTAVE);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}

function bucketOf(ms: number): number {
  const us = Math.min(Math.max(0, Math.round(ms * 1000)), LONGEST_US);
  if (us < LINEAR_BELOW_US) return us;
  const octave = octaveOf(us) - LINEAR_OCTAVES;
  return octave * BUCKETS_PER_OCTAVE + Math.floor(us / 2 ** octave);
}

/** Gives the greatest whole number whose power of two is not above the value. `Math.log2` may round up. */
const octaveOf = (value: number): number =>
  value < 2 ** 32 ? 31 - Math.clz32(value) : 63 - Math.clz32(value / 2 ** 32);

function middleMsOf(bucket: number): number {
  if (bucket < LINEAR_BELOW_US) return bucket / 1000;
  const octave = Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1;
  const width = 2 ** octave;
  return ((bucket - octave * BUCKETS_PER_OCTAVE) * width + (width - 1) / 2) / 1000;
}
