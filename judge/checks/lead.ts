import type { Cycle, Evidence } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import { firstAccepted, isTouched } from '../../faults/support/lookups.ts';
import { together } from '../../faults/support/witness.ts';
import { ownRate } from '../load/own-rate.ts';
import { median } from '../statistics.ts';
import type { Check } from './check.ts';

/**
 * Checks that a strategy which refreshes early does so when its claim says: neither never, nor without pause. The lead of a
 * version is the time from the first recompute that replaces it to its expiry. The median lead must be in the claimed range.
 */
export const lead: Check = {
  name: 'refreshed in time',
  judge(evidence) {
    const { claim, settings } = evidence;
    const { medianLeadMs } = claim;
    // An invalidation ends the lives of those that would have been refreshed late, so the others say nothing.
    if (!medianLeadMs || settings.invalidateMs !== null) return undefined;
    const rate = ownRate(evidence);
    return together([rate], () => {
      const leads = leadsIn(evidence);
      if (leads.length === 0) return { verdict: 'unknown', detail: 'no version was replaced' };
      const workload = {
        ...settings,
        ratePerSecond: rate.end(),
        recomputeMs: costMs(evidence) ?? settings.recomputeMs,
      };
      const [least, most] = medianLeadMs(workload, leads.length);
      const jitterMs = settings.ttlMs * settings.ttlJitter;
      const seen = median(leads);
      const detail =
        `half of ${leads.length} versions ${seen.toFixed(0)} ms before they were due; ` +
        `claimed ${least.toFixed(0)} to ${most.toFixed(0)} ms`;
      if (seen < least - jitterMs) return passIf(false, detail);
      if (settings.ttlMs - jitterMs <= most)
        return { verdict: 'unknown', detail: `${detail}, which is no less than the TTL` };
      return passIf(seen <= most + jitterMs, detail);
    });
  },
};

/** Gives how long before its expiry each version was first set out to be replaced, in ms. */
function leadsIn(evidence: Evidence): number[] {
  const { commits, cycles, settings } = evidence;
  const stored = firstAccepted(commits);
  return cycles.flatMap((cycle: Cycle) => {
    const storedAt = stored.get(cycle.replaces)?.atStoreMs;
    const counts = cycle.cause === 'expiry' && storedAt !== undefined && !isTouched(evidence, cycle);
    return counts ? [storedAt + settings.ttlMs - cycle.beganStoreMs] : [];
  });
}

/** Gives what a recompute cost its caller, by the callers' journals and without the origin's queue: the median. */
function costMs({ events, ledger, settings }: Evidence): number | undefined {
  const queuedMs = new Map(
    ledger.flatMap((line) =>
      line.event === 'begin' && line.key === settings.key ? [[line.version, line.at - line.arrivedAt]] : [],
    ),
  );
  const began = new Map<string, number>();
  const costs = events.flatMap((event) => {
    if (event.event !== 'recompute' && event.event !== 'recompute-ended') return [];
    if (event.key !== settings.key) return [];
    const operation = `${event.by} ${event.op}`;
    if (event.event === 'recompute') began.set(operation, event.at);
    const since = began.get(operation);
    if (event.event === 'recompute' || event.outcome !== 'ok' || since === undefined) return [];
    return [event.at - since - (queuedMs.get(event.version) ?? 0)];
  });
  return costs.length > 0 ? median(costs) : undefined;
}
