import type { WallMs } from '../../strategies/contract/index.ts';

/**
 * Wall time in ms since the epoch, with a fraction, comparable between the processes of a machine. The offset is measured
 * here: `performance.timeOrigin` is taken in two steps while a process starts, and on a busy machine it is off by tens
 * of milliseconds for the rest of its life.
 */
export const wallTimeMs = (): WallMs => offsetMs + performance.now();

const SAMPLES_FOR_MS = 3;

/** Whatever comes between the two readings only makes a sample smaller, and so does the rounding of the date. */
function measureOffset(): number {
  const until = performance.now() + SAMPLES_FOR_MS;
  let largest = Number.NEGATIVE_INFINITY;
  // At least once: a process that is kept waiting here would have no offset at all.
  do {
    const wall = Date.now();
    largest = Math.max(largest, wall - performance.now());
  } while (performance.now() < until);
  return largest;
}

const offsetMs = measureOffset();
