import { keysOf } from '../backends/redis/ioredis/connection.ts';
import { type Ablation, UNDER_A_FAULT } from './ablation.ts';

/** The lease has no TTL (`SET key token NX`, and no more): only its holder ends it. */
export const noLeaseTtl: Ablation = {
  name: 'no-lease-ttl',
  difference: 'without a TTL on its lease',
  guard: 'the lease has a TTL',
  defendsAgainst: 'a holder that dies locks the key for ever',
  fault: 'kill-holder',
  presets: UNDER_A_FAULT,
  mustFail: ['fault hit and answered', 'every request accounted for'],

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
