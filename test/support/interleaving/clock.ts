import { keysOf } from '../../../backends/redis/keys.ts';
import type { Clock } from '../../../strategies/contract/index.ts';
import { KEY, type Shared, TTL_MS } from './shared.ts';

/** Any timer may fire before any other step. A sleep waits for a back-off, which has passed then, or for the store. */
export function steppedClock(replica: number, shared: Shared): Clock {
  const { redis, steps, faults, calm } = shared;
  const passes = () => {
    shared.now += 1;
  };
  const abandonedLeaseRunsOut = async () => {
    if (faults.leaseAbandoned) await steps.outside(redis.client.del(keysOf(KEY).lease));
    faults.leaseAbandoned = false;
  };
  return {
    now: () => shared.now,
    async sleep() {
      await steps.step('slept', replica);
      passes();
      await steps.outside(redis.client.pexpire(keysOf(KEY).failure, TTL_MS));
    },
    after(_ms, fire) {
      let stopped = false;
      const run = async () => {
        await steps.step('timer', replica);
        passes();
        await abandonedLeaseRunsOut();
        if (!stopped) fire();
      };
      // Nothing that waits does so in vain in peace.
      if (!calm) void run();
      return () => {
        stopped = true;
      };
    },
    every(_ms, tick) {
      let stopped = false;
      const run = async () => {
        while (!stopped) {
          await steps.step('timer', replica);
          passes();
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
