import { keysOf } from '../../../backends/redis.ts';
import type { Ablation } from './ablation.ts';

/** Whoever is done deletes the lease, whoever holds it by now, and wakes the waiters (a plain `DEL` of the lock). */
export const unconditionalRelease: Ablation = {
  name: 'unconditional-release',
  takeOut({ cache, lease, ...rest }, { redis }) {
    async function releaseWhoever(key: string) {
      const keys = keysOf(key);
      await redis.del(keys.lease);
      await redis.publish(keys.channel, '{"released":true}');
    }
    return {
      ...rest,
      cache: {
        ...cache,
        async commit(key, made, condition) {
          const committed = await cache.commit(key, made, condition);
          if (committed.outcome === 'fenced') await releaseWhoever(key);
          return committed;
        },
      },
      lease: {
        ...lease,
        async release(key, grant, failed) {
          await lease.release(key, grant, failed);
          await releaseWhoever(key);
        },
      },
    };
  },
};
