import type { Stalled } from '../../record/facts.ts';
import { wallTimeMs } from './wall-time.ts';

/** How often the event loop is to come round. */
const TICK_MS = 10;
/** Shorter stalls are usual. */
const LEAST_MS = 25;

/**
 * Calls `onStall` at the end of each time of 25 ms or more in which the event loop did not come round: it was blocked, or the
 * process was frozen or starved. Gives a function that ends the watch. The watch does not keep the process alive.
 */
export function watchStalls(onStall: (stall: Stalled) => void): () => void {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const forMs = nowMs - lastMs;
    lastMs = nowMs;
    if (forMs >= LEAST_MS) onStall({ at: wallTimeMs(), forMs });
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
