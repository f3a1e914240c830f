import type { Evidence } from '../../faults/support/evidence.ts';
import { knownIf } from '../../faults/support/finding.ts';
import { counting, together, type Witness } from '../../faults/support/witness.ts';
import { paceOf, type Sent } from '../load/pace.ts';
import { heldBackBy } from '../load/queue.ts';
import type { Check } from './check.ts';

const LIMITS = { loopDelayMs: 25, unevenness: 0.25, unsentShare: 0.01, rateError: 0.05 };

/**
 * Checks that the load was as configured: an even pace, the right rate, few unsent requests, and an event loop on time.
 * Otherwise the run shows nothing. Requests that a queue at the origin left unsent are a finding about the strategy.
 */
export const injector: Check = {
  name: 'injector health',
  judge(evidence) {
    const pace = keptPace(evidence);
    const isHeldBack = heldBackBy(evidence);
    const unsent = counting((arrival) => arrival.ending === 'unsent' && !isHeldBack(arrival));
    const all = counting(() => true);
    return together([pace, unsent, all], () => {
      const found = pace.end();
      if (!found) return { verdict: 'unknown', detail: 'too little load to tell' };
      return knownIf(
        found.kept && unsent.end() / Math.max(1, all.end()) <= LIMITS.unsentShare,
        `${found.perSecond.toFixed(0)}/s, spread ${(found.unevenness * 100).toFixed(0)} %, ` +
          `loop p99 ${evidence.herd.eventLoopDelayMs.p99.toFixed(1)} ms`,
      );
    });
  },
};

/** Tells whether the injector kept its pace; undefined: too little load to tell. */
export function keptPace(evidence: Evidence): Witness<(Sent & { readonly kept: boolean }) | undefined> {
  const pace = paceOf(evidence);
  return together([pace], () => {
    const sent = pace.end();
    return sent && { ...sent, kept: isKept(sent, evidence) };
  });
}

const isKept = ({ unevenness, expected, rate }: Sent, { herd }: Evidence): boolean =>
  unevenness <= Math.max(LIMITS.unevenness, 1 / Math.sqrt(Math.max(expected, 1))) &&
  Math.abs(rate - 1) <= LIMITS.rateError &&
  herd.eventLoopDelayMs.p99 <= LIMITS.loopDelayMs;
