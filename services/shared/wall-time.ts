import type { WallMs } from '../../strategies/contract/index.ts';

/**
 * Gives the wall time in ms since the epoch, with a fraction, comparable between the processes of a machine. It does not
 * use `performance.timeOrigin`: a process measures that in two steps as it starts, and on a busy machine it stays off by
 * tens of milliseconds.
 */
export const wallTimeMs = (): WallMs => offsetMs + performance.now();

const SAMPLES_FOR_MS = 3;

/** Takes the largest of many samples: a pause between the two readings makes a sample smaller, and so does rounding. */
function measureOffset(): number {
  const until = performance.now() + SAMPLES_FOR_MS;
  let largest = Number.NEGATIVE_INFINITY;
  // At least once: a process that is paused here would otherwise have no offset.
  do {
    const wall = Date.now();
    largest = Math.max(largest, wall - performance.now());
  } while (performance.now() < until);
  return largest;
}

const offsetMs = measureOffset();
