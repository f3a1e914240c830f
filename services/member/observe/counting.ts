import type { Observation, Observer } from '../../../assembly/observer.ts';
import type { AppMetrics } from './metrics.ts';

/** Makes an observer that counts what the layers see, in the process's metrics. */
export const countingObserver =
  (metrics: AppMetrics): Observer =>
  (observation) => {
    switch (observation.saw) {
      case 'command':
        return metrics.storeCommands.inc({ command: observation.command });
      case 'store-answered':
        return metrics.degradedMode.set(0);
      case 'store-unavailable':
        metrics.storeErrors.inc();
        return observation.command === 'commit' && observation.error.hasAnswered
          ? undefined
          : metrics.degradedMode.set(1);
      case 'lease-unavailable':
        return metrics.leaseErrors.inc();
      case 'acquired':
        return countAcquired(metrics, observation);
      case 'renewed':
        return countRenewed(metrics, observation);
      case 'released':
        return metrics.heldLeases.end(observation.grant.token);
      case 'wait-began':
        return metrics.waiting.inc();
      case 'wait-ended':
        return metrics.waiting.dec();
      case 'committed':
        return countCommitted(metrics, observation);
      case 'recompute-began':
        return metrics.recomputesInFlight.inc();
      case 'recompute-ended':
        metrics.recomputesInFlight.dec();
        return metrics.recomputes.inc({ ending: observation.ending });
      case 'demand':
        return metrics.demandedKeys.set(observation.keys);
    }
  };

type Saw<S extends Observation['saw']> = Extract<Observation, { saw: S }>;

function countAcquired(
  { acquires, fence, heldLeases, takeOvers }: AppMetrics,
  { acquired, takesOver, leaseMs }: Saw<'acquired'>,
): void {
  acquires.inc({ kind: acquired.kind });
  if (acquired.kind !== 'granted') return;
  fence.set(acquired.grant.fence);
  heldLeases.begin(acquired.grant.token, leaseMs);
  if (takesOver) takeOvers.inc();
}

function countRenewed({ renewals, heldLeases }: AppMetrics, { grant, kept, leaseMs }: Saw<'renewed'>): void {
  renewals.inc({ result: kept ? 'kept' : 'lost' });
  if (kept) heldLeases.extend(grant.token, leaseMs);
  else heldLeases.end(grant.token);
}

function countCommitted(
  { commits, heldLeases, version }: AppMetrics,
  { outcome, condition, grant, version: written }: Saw<'committed'>,
): void {
  commits.inc({ outcome, condition });
  if (grant) heldLeases.end(grant.token);
  if (outcome === 'accepted') version.set(written);
}
