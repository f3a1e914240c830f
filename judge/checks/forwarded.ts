import { passIf } from '../../faults/support/finding.ts';
import { countingAnswers, together } from '../../faults/support/witness.ts';
import type { Check } from './check.ts';

/**
 * How many requests a proxy may forward in the life of one value. It may ask several times: it counts whole seconds, so the
 * rest of a value's life soon ends for it. The bound is far below the requests of one second.
 */
const MOST_PER_PROXY = 10;

/**
 * Checks that a proxy answers most requests itself. A proxy that stores nothing forwards them all. Each value came through
 * a request that was forwarded, so a record without any does not show who answered.
 */
export const fewForwarded: Check = {
  name: 'requests forwarded',
  judge({ settings, cycles }) {
    if (!settings.proxy) return undefined;
    if (cycles.length === 0) return { verdict: 'unknown', detail: 'the cache was never filled' };
    const forwarded = countingAnswers(({ cache }) => cache === 'fwd');
    return together([forwarded], () => {
      if (forwarded.end() === 0)
        return { verdict: 'unknown', detail: 'no answer says that it was forwarded' };
      const [count, bound] = [forwarded.end() / cycles.length, MOST_PER_PROXY * settings.proxies];
      return passIf(count <= bound, `${Number(count.toFixed(1))} an expiry; bound ${bound}`);
    });
  },
};
