import { keysOf } from '../../../backends/redis/ioredis/connection.ts';
import type { Clock } from '../../../strategies/contract/index.ts';
import { KEY, type Shared, TTL_MS } from './replica.ts';

/** Any timer may fire before any other step. A sleep only ever waits for a back-off, which has passed then. */
export function steppedClock(replica: number, shared: Shared): Clock {
  const { redis, steps, faults, calm } = shared;
  const passes = () => {
    shared.now += 1;
  };
  const abandonedLeaseRunsOut = async () => {
    if (faults.leaseAbandoned) await steps.outside(redis.del(keysOf(KEY).lease));
    faults.leaseAbandoned = false;
  };
  return {
    now: () => shared.now,
    async sleep() {
      await steps.step('slept', replica);
      passes();
      await steps.outside(redis.pexpire(keysOf(KEY).failure, TTL_MS));
    },
    every(ms, tick) {
      let stopped = false;
      const isWait = ms > TTL_MS / 3;
      const run = async () => {
        while (!stopped && !(calm && isWait)) {
          await steps.step('timer', replica);
          passes();
          if (isWait) await abandonedLeaseRunsOut();
          if (!stopped) tick();
        }
      };
      void run();
      return () => {
        stopped = true;
      };
    },
  };
}
