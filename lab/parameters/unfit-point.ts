import { faults, faultsNamed } from '../../faults/index.ts';
import { pointsOf } from '../../faults/support/points.ts';
import { needsRelay } from '../../record/fault-events.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { strategies, strategyNamed } from '../../strategies/index.ts';

/** Throws {@link UsageError} if the fault cannot strike at the point, or if no relay can hold what is on its way there. */
export function refuseUnfitPoint(settings: Settings): void {
  const { at, fault: name, store, leaseBackend, strategy } = settings;
  if (at === null) return;
  const chosen = faultsNamed(name) ?? [];
  const wanted = `AT=${at}`;
  if (chosen.length === 0) {
    const takers = faults.filter((one) => one.points?.[at]).map((one) => one.name);
    throw new UsageError(
      `${wanted} says where a fault strikes, and FAULT=none is no fault. Allowed: FAULT=${takers.join(', ')}. Type: make fault-${takers[0]} ${wanted}`,
    );
  }
  const choosers = chosen.filter((fault) => pointsOf(fault).length > 0);
  if (choosers.length > 1)
    throw new UsageError(
      `${wanted} says where one fault strikes, and FAULT=${name} are two that have points. Allowed: AT=none. Type: make fault-${name}`,
    );
  const allowed = choosers.flatMap(pointsOf);
  if (allowed.length === 0)
    throw new UsageError(
      `FAULT=${name} has no points to choose from, so ${wanted} means nothing. Allowed: AT=none. Type: make fault-${name}`,
    );
  if (!allowed.includes(at))
    throw new UsageError(
      `FAULT=${name} cannot strike at ${wanted}. Allowed: ${allowed.join(', ')}. Type: make fault-${name} AT=${allowed[0]}`,
    );
  if (!needsRelay(at)) return;
  const relayed = `${wanted} needs a relay to Redis`;
  if (leaseBackend !== 'redis')
    throw new UsageError(
      `${relayed}, and LEASE_BACKEND=${leaseBackend} grants elsewhere. Allowed: LEASE_BACKEND=redis, or AT=recomputing. Type: make fault-${name} ${wanted} LEASE_BACKEND=redis`,
    );
  if (store !== 'single')
    throw new UsageError(
      `${relayed}, and there is none before STORE=${store}. Allowed: STORE=single, or AT=recomputing. Type: make fault-${name} ${wanted} STORE=single`,
    );
  if (!strategyNamed(strategy)?.claim.fenced) {
    const leased = strategies.filter(({ claim }) => claim.fenced).map((one) => one.name);
    throw new UsageError(
      `${wanted} is about a lease, and STRATEGY=${strategy} takes none. Allowed: ${leased.join(', ')}. Type: make fault-${name} ${wanted} STRATEGY=${leased[0]}`,
    );
  }
}
