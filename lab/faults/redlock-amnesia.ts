import { askRedis } from '../ask-redis.ts';
import { passIf } from '../checks/check.ts';
import type { Fault } from './fault.ts';
import { commitOf, nextHolder, takeOvers } from './holder.ts';

/** A majority of five. */
const FORGETFUL = 3;
/** So many may be gone at once. */
const MINORITY = 2;
const BACK_WITHIN_MS = 5000;

/**
 * Three of five lock servers come back empty while the lease is held: they have forgotten that it is. Never more than two
 * are gone, so that a majority answers all the time. Who waits does not look again before the holder's time, so the
 * pub/sub connections are cut too, as they are when a network is: then everybody looks, and one is granted what another
 * still holds. The presets leave time for the restarts, and keep the first renewal behind the commit, since it would find
 * the lease lost.
 */
export const redlockAmnesia: Fault = {
  name: 'redlock-amnesia',
  summary: 'SIGKILL three of five lock servers and start them empty',
  guard: 'the fence beside the value: the majority has forgotten',
  presets: {
    LEASE_BACKEND: 'redlock',
    TTL: '3s',
    RECOMPUTE: '5s',
    LEASE: '18s',
    RATE: '100',
    EXPIRIES: '3',
  },
  needs: { LEASE_BACKEND: 'redlock' },
  tolerance: ({ recomputeMs }) => ({ extraRecomputes: 1, extraWaitMs: recomputeMs }),
  plan: async (bench) => ({
    ...(await nextHolder(bench)),
    victim: bench.cluster.lockServers
      .slice(0, FORGETFUL)
      .map(({ name }) => name)
      .join(' '),
  }),
  async inject({ cluster, until, journals, settings }, { fence = 0 }) {
    const forgetful = cluster.lockServers.slice(0, FORGETFUL);
    for (const some of [forgetful.slice(0, MINORITY), forgetful.slice(MINORITY)]) {
      await Promise.all(some.map(({ name }) => cluster.kill(name)));
      await Promise.all(some.map(({ name }) => cluster.restart(name)));
      for (const { name, url } of some) {
        const all = () => isAskedBy(url, cluster.replicas.length);
        await until(`every replica at ${name} again`, all, BACK_WITHIN_MS);
      }
    }
    await askRedis(cluster.redis.url, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
    const filled = () =>
      journals.events.find(
        (event) => event.event === 'commit' && event.outcome === 'accepted' && event.fence >= fence,
      );
    await until('a fill', filled, 2 * settings.recomputeMs + settings.leaseMs + 5000);
  },
  // Killed and in between when the run is interrupted, they end with the rest.
  heal: async () => {},
  verify(evidence, timeline) {
    const first = commitOf(evidence, timeline);
    const [second, ...more] = takeOvers(evidence, timeline);
    if (!first || !second || second.storeAt > first.at) {
      const lost = evidence.events.some(
        (event) => event.event === 'lease-lost' && event.fence === timeline.fence,
      );
      return {
        verdict: 'unknown',
        detail: lost
          ? 'its renewal found the lease lost, and nothing was written'
          : 'missed: no second holder',
      };
    }
    const aheadMs = (first.at - second.storeAt).toFixed(0);
    return passIf(
      !first.accepted && more.length === 0,
      `${second.by} was granted what ${first.by} held, ${aheadMs} ms before its commit, ` +
        `which was ${first.accepted ? 'ACCEPTED' : 'refused'}; ${more.length} more were granted`,
    );
  },
};

/** Whether so many replicas are connected to this lock server; undefined when not. */
const isAskedBy = (url: string, replicas: number): Promise<true | undefined> =>
  askRedis(url, async (redis) => {
    const clients = String(await redis.call('CLIENT', 'LIST'));
    return (clients.match(/ name=\S+-lock-\d/g) ?? []).length >= replicas ? true : undefined;
  });
