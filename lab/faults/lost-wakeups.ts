import { Redis } from 'ioredis';
import { passIf } from '../checks/check.ts';
import { wakeLagsMs } from '../checks/evidence.ts';
import type { Fault } from './fault.ts';
import { nextHolder } from './holder.ts';

const EVERY_MS = 5;
const SLACK_MS = 100;

/** Every pub/sub connection is cut again and again while a value is made and published: nobody hears the wake-up. */
export const lostWakeups: Fault = {
  name: 'lost-wakeups',
  summary: 'cut the pub/sub connections while the value is published',
  guard: 'a wait ends with the lease, or when the connection is back',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs }) => ({ extraWaitMs: leaseMs }),
  plan: async (bench) => ({ ...(await nextHolder(bench)), victim: 'pub/sub connections' }),
  async inject({ cluster, until, last, journals, settings }, { fence = 0 }) {
    const admin = new Redis(cluster.redis.url, { maxRetriesPerRequest: 0, commandTimeout: 1000 });
    admin.on('error', () => {});
    const filled = () => journals.events.find((event) => event.event === 'commit' && event.fence >= fence);
    try {
      const cutting = new AbortController();
      const cut = async () => {
        while (!cutting.signal.aborted) {
          await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
          await last(EVERY_MS);
        }
      };
      // An interruption ends it too; that the waiters were not cut off, the judge will find.
      const done = cut().catch(() => {});
      await until('the fill', filled, settings.leaseMs + settings.recomputeMs + 5000);
      cutting.abort();
      await done;
    } finally {
      admin.disconnect();
    }
  },
  heal: async () => {},
  verify(evidence, { fence }) {
    const commit = evidence.commits.find((found) => found.accepted && found.fence === fence);
    const waiters = evidence.answered.filter(
      ({ version, served }) => version === commit?.version && served === 'waited',
    );
    const lags = wakeLagsMs({ ...evidence, answered: waiters }, 'replica');
    const longest = Math.max(0, ...lags);
    const usual = Math.max(
      0,
      ...wakeLagsMs(
        { ...evidence, answered: evidence.answered.filter(({ version }) => version !== commit?.version) },
        'replica',
      ),
    );
    if (!commit || lags.length === 0 || longest <= usual)
      return { verdict: 'unknown', detail: 'missed: the waiters were woken in time' };
    const bound = evidence.settings.leaseMs + SLACK_MS;
    return passIf(
      longest <= bound,
      `${lags.length} waiters answered at most ${longest.toFixed(0)} ms behind the commit (bound ${bound}); else ${usual.toFixed(0)}`,
    );
  },
};
