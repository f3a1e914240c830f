import type { Promises } from '../../record/foreign/promises.ts';
import type { Claim, Workload } from '../../strategies/contract/index.ts';

/** By so much a herd may be larger than λδ. */
const HERD_VARIES = 1.3;

/** Gives the claim of a service that promises this. What it does not promise has no bound, or is not claimed. */
export function claimFrom({ recomputes, mean, staleMs, waits, monotonic }: Promises): Claim {
  const mostOnAverage = Math.min(mean ?? Number.POSITIVE_INFINITY, recomputes ?? Number.POSITIVE_INFINITY);
  const least = mostOnAverage === Number.POSITIVE_INFINITY ? 0 : 1;
  return {
    recomputesPerExpiry: () => ({ mean: [least, mostOnAverage], max: recomputes }),
    recomputesAtOnce: (workload) => Math.min(herdOf(workload), recomputes ?? Number.POSITIVE_INFINITY),
    monotonic,
    fenced: false,
    maxStaleMs: () => staleMs ?? Number.POSITIVE_INFINITY,
    waits: waits ?? 'everyone',
    // There is no word that promises not to be early.
    early: true,
    oneWaiterPerReplica: false,
    woken: false,
  };
}

const herdOf = ({ ratePerSecond, recomputeMs }: Workload): number =>
  Math.max(1, (HERD_VARIES * ratePerSecond * recomputeMs) / 1000);
