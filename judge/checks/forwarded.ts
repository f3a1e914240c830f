import { passIf } from '../../faults/support/finding.ts';
import { countForwarded } from '../evidence.ts';
import type { Check } from './check.ts';

/**
 * What a proxy may ask for in the life of one value: the value, and now and then what is left of it, which is little where
 * it counts whole seconds. Far below what comes in a second.
 */
const MOST_A_PROXY = 10;

/** A proxy answers by itself, and forwards a few requests an expiry. Where nothing is kept, all are forwarded. */
export const fewForwarded: Check = {
  name: 'requests forwarded',
  judge(evidence) {
    const { settings, cycles, answered } = evidence;
    if (!settings.proxy) return undefined;
    if (cycles.length === 0) return { verdict: 'unknown', detail: 'the cache was never filled' };
    const [count, bound] = [countForwarded(answered) / cycles.length, MOST_A_PROXY * settings.proxies];
    return passIf(count <= bound, `${Number(count.toFixed(1))} an expiry; bound ${bound}`);
  },
};
