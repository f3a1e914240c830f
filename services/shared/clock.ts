import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../strategies/contract/index.ts';

/** The process's monotonic clock. Its ticks and timers do not keep the process alive; its sleeps do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    sleep(ms, undefined, signal && { signal }).catch((error) => {
      signal?.throwIfAborted();
      throw error;
    }),
  after(ms, fire) {
    const timer = setTimeout(fire, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
