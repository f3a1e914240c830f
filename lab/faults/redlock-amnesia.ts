import { Redis } from 'ioredis';
import { passIf } from '../checks/check.ts';
import type { Fault } from './fault.ts';
import { commitOf, nextHolder, takeOvers } from './holder.ts';

const VICTIMS = ['lock-1', 'lock-2', 'lock-3'];

/**
 * Three of five lock servers come back empty while the lease is held: they have forgotten that it is. Who waits does
 * not look again before the holder's time, so the pub/sub connections are cut too, as they are when a network is: then
 * everybody looks, and one is granted what another still holds. The presets keep the first renewal behind the commit,
 * since it would find the lease lost.
 */
export const redlockAmnesia: Fault = {
  name: 'redlock-amnesia',
  summary: 'SIGKILL three of five lock servers and start them empty',
  guard: 'the fence beside the value: the majority has forgotten',
  presets: {
    LEASE_BACKEND: 'redlock',
    TTL: '3s',
    RECOMPUTE: '1500ms',
    LEASE: '9s',
    RATE: '200',
    EXPIRIES: '5',
  },
  needs: { LEASE_BACKEND: 'redlock' },
  tolerance: ({ recomputeMs }) => ({ extraRecomputes: 1, extraWaitMs: recomputeMs }),
  plan: async (bench) => ({ ...(await nextHolder(bench)), victim: VICTIMS.join(' ') }),
  async inject({ cluster, until, journals, settings }, { fence = 0 }) {
    await Promise.all(VICTIMS.map((name) => cluster.kill(name)));
    await Promise.all(VICTIMS.map((name) => cluster.restart(name)));
    const admin = new Redis(cluster.redis.url, { maxRetriesPerRequest: 0, commandTimeout: 1000 });
    admin.on('error', () => {});
    try {
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    } finally {
      admin.disconnect();
    }
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
