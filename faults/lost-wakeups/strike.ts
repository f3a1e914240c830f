import { Redis } from 'ioredis';
import { askRedis } from '../../cluster/ask-redis.ts';
import { isDecidedCommit } from '../../record/events.ts';
import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';

const EVERY_MS = 5;

async function cutPubSub(redis: Redis): Promise<void> {
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
}

export const strike: Strike = {
  bearsInvalidations: true,
  plan: async (scene) => ({ ...(await nextHolder(scene)), victim: 'pub/sub connections' }),
  hit: ({ cluster }) => askRedis(cluster.redis.url, cutPubSub),
  /** Cuts again and again: replicas are back at once. */
  async last({ cluster, until, last, journals, settings }, { fence = 0 }) {
    const admin = new Redis(cluster.redis.url, { maxRetriesPerRequest: 0, commandTimeout: 1000 });
    admin.on('error', () => {});
    const filled = () => journals.events.find((event) => isDecidedCommit(event) && event.fence >= fence);
    try {
      const cutting = new AbortController();
      const cut = async () => {
        while (!cutting.signal.aborted) {
          await cutPubSub(admin);
          await last(EVERY_MS);
        }
      };
      // An interruption ends it too. If the waiters were not cut off, the judge notices.
      const done = cut().catch(() => {});
      await until('the fill', filled, settings.leaseMs + settings.recomputeMs + 5000);
      cutting.abort();
      await done;
    } finally {
      admin.disconnect();
    }
  },
  heal: async () => {},
};
