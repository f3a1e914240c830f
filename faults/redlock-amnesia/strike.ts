import { askRedis } from '../../cluster/ask-redis.ts';
import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';

/** A majority of five. */
const FORGETFUL = 3;

/** How many may be gone at once. */
const MINORITY = 2;

const BACK_WITHIN_MS = 5000;

export const strike: Strike = {
  plan: async (scene) => ({
    ...(await nextHolder(scene)),
    victim: scene.cluster.lockServers
      .slice(0, FORGETFUL)
      .map(({ name }) => name)
      .join(' '),
  }),
  async hit({ cluster, until }) {
    const forgetful = cluster.lockServers.slice(0, FORGETFUL);
    for (const some of [forgetful.slice(0, MINORITY), forgetful.slice(MINORITY)]) {
      await Promise.all(some.map(({ name }) => cluster.kill(name)));
      await Promise.all(some.map(({ name }) => cluster.restart(name)));
      for (const { name, url } of some) {
        const all = () => isAskedBy(url, cluster.replicas.length);
        await until(`the return of every replica to ${name}`, all, BACK_WITHIN_MS);
      }
    }
    await askRedis(cluster.redis.url, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
  },
  async last({ until, journals, settings }, { fence = 0 }) {
    const filled = () =>
      journals.events.find(
        (event) => event.event === 'commit' && event.outcome === 'accepted' && event.fence >= fence,
      );
    await until('a fill', filled, 2 * settings.recomputeMs + settings.leaseMs + 5000);
  },
  // If the run is interrupted between kill and restart, they end with the rest of the cluster.
  heal: async () => {},
};

/** Tells whether so many replicas are connected to this lock server; undefined if not. */
const isAskedBy = (url: string, replicas: number): Promise<true | undefined> =>
  askRedis(url, async (redis) => {
    const clients = String(await redis.call('CLIENT', 'LIST'));
    return (clients.match(/ name=\S+-lock-\d/g) ?? []).length >= replicas ? true : undefined;
  });
