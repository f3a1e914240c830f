import { keysOf } from '../../../backends/redis.ts';
import type { Ablation } from './ablation.ts';

/** The lease has no TTL (`SET key token NX`, and no more): only its holder ends it. */
export const noLeaseTtl: Ablation = {
  name: 'no-lease-ttl',
  takeOut: ({ lease, ...rest }, { redis }) => ({
    ...rest,
    lease: {
      ...lease,
      async acquire(key, seenVersion) {
        const acquired = await lease.acquire(key, seenVersion);
        if (acquired.kind === 'granted') await redis.persist(keysOf(key).lease);
        return acquired;
      },
      // A renewal proper would give it a term.
      renew: async (key, grant) => (await redis.get(keysOf(key).lease)) === grant.token,
    },
  }),
};
