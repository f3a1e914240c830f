import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { wakeLagsMs } from '../support/lookups.ts';

const SLACK_MS = 100;

/** Cuts all pub/sub connections again and again while a value is recomputed and published: nobody hears the wake-up. */
export const lostWakeups: Expectation = {
  name: 'lost-wakeups',
  summary: 'cut the pub/sub connections while the value is published',
  guard: 'a wait ends with the lease, or when the connection is back',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ leaseMs }) => ({ extraWaitMs: leaseMs }),
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
