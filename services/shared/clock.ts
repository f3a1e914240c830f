import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../strategies/contract/index.ts';

/** The process's monotonic clock. Its ticks do not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => sleep(ms),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
