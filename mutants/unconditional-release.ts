import { keysOf } from '../backends/redis/ioredis/connection.ts';
import { type Ablation, UNDER_A_FAULT } from './ablation.ts';

/** Whoever is done deletes the lease, whoever holds it by now, and wakes the waiters (a plain `DEL` of the lock). */
export const unconditionalRelease: Ablation = {
  name: 'unconditional-release',
  difference: 'with an unconditional release',
  guard: 'a release ends only its own lease',
  defendsAgainst: 'a late holder ends the lease of the one that works',
  fault: 'pause-holder-overlap',
  presets: UNDER_A_FAULT,
  mustFail: ['recomputes per expiry', 'fault hit and answered'],

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
