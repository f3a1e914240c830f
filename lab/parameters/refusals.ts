import { faultsNamed } from '../../faults/index.ts';
import { mutantNamed, mutatedLease, mutatedStrategy } from '../../mutants/index.ts';
import { formatDuration } from '../../record/duration.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import { SETTINGS, type Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { strategies, strategyNamed } from '../../strategies/index.ts';
import { refuseUnfitOwnFault } from './own/unfit-own-fault.ts';
import { refuseUnfitOwnService } from './own/unfit-own-service.ts';
import type { Values } from './parameters.ts';
import { refuseStaleMutant } from './stale-mutant.ts';
import { refuseUnfitInvalidate } from './unfit-invalidate.ts';
import { refuseUnfitPoint } from './unfit-point.ts';
import { refuseUnfitProxy } from './unfit-proxy.ts';

/** Throws {@link UsageError} at the first thing that makes no sense together, though each value by itself is fine. */
export function refuseUnfit(settings: Settings, values: Values): void {
  refuseUnfitOwnService(settings);
  refuseUnfitOwnFault(settings);
  refuseMutantOfOthers(settings);
  refuseStaleMutant(mutantNamed(settings.ablate));
  // A service of the user's own has no claim that the settings could break.
  if (!isForeign(settings)) {
    refuseRestless(settings);
    refuseShortGrace(settings);
  }
  refuseIdleReplicas(settings, values);
  refuseMissingReplicas(settings);
  refuseIdleWait(settings);
  refuseUnfitLease(settings);
  refuseUnfitFault(values);
  refuseUnfitPoint(settings);
  refuseLoneReplica(settings);
  refuseUnfitProxy(settings, values.PROXIES);
  refuseUnfitInvalidate(settings);
}

function refuseMutantOfOthers({ strategy, leaseBackend, ablate }: Settings): void {
  if (ablate === null) return;
  const backend = mutatedLease(ablate);
  if (leaseBackend !== backend)
    throw new UsageError(
      `ABLATE=${ablate} changes what stands on the lease of ${backend}, and LEASE_BACKEND=${leaseBackend} is another. ` +
        `Allowed: LEASE_BACKEND=${backend}. Type: make herd ABLATE=${ablate} LEASE_BACKEND=${backend}`,
    );
  const theirs = mutatedStrategy(ablate);
  if (strategy === theirs) return;
  throw new UsageError(
    `ABLATE=${ablate} changes ${theirs}, and ${strategy} is another strategy. ` +
      `Allowed: STRATEGY=${theirs}. Type: make herd STRATEGY=${theirs} ABLATE=${ablate}`,
  );
}

/** With a TTL that is shorter than the strategy's lead, each value would be refreshed as soon as it is stored. */
function refuseRestless(settings: Settings): void {
  const { strategy, ttlMs } = settings;
  const definition = strategyNamed(strategy);
  const lead = definition?.claim.leadMs?.(settings);
  if (lead === undefined || ttlMs > lead) return;
  const [whose, formula] = definition?.refresher
    ? [`${strategy}'s`, 'REFRESH_INTERVAL + RECOMPUTE']
    : ["XFetch's", 'βδ·ln(λβδ)'];
  throw new UsageError(
    `TTL=${formatDuration(ttlMs)} is shorter than ${whose} lead of ${formatDuration(Math.ceil(lead))} (${formula}): it would refresh without pause. ` +
      `Allowed: more than the lead. Type: make herd STRATEGY=${strategy} TTL=${formatDuration(Math.ceil((2 * lead) / 1000) * 1000)}`,
  );
}

function refuseIdleReplicas({ store }: Settings, { STORE_REPLICAS: replicas }: Values): void {
  if (store !== 'single' || replicas === SETTINGS.storeReplicas.preset) return;
  throw new UsageError(
    `STORE_REPLICAS=${replicas} has no effect: STORE=single has no Redis replicas. Allowed: STORE=sentinel. Type: make herd STORE=sentinel STORE_REPLICAS=${replicas}`,
  );
}

function refuseIdleWait({ waitFor, waitReplicas }: Settings): void {
  if (waitFor === SETTINGS.waitFor.preset || waitReplicas > 0) return;
  throw new UsageError(
    `WAIT_FOR=${waitFor} has no effect with WAIT=0. Allowed: WAIT=1 or more. Type: make herd STORE=sentinel WAIT=1 WAIT_FOR=${waitFor}`,
  );
}

function refuseMissingReplicas({ store, storeReplicas, minReplicas, waitReplicas }: Settings): void {
  for (const [name, wanted] of Object.entries({ MIN_REPLICAS: minReplicas, WAIT: waitReplicas })) {
    if (wanted <= storeReplicas) continue;
    throw new UsageError(
      store === 'single'
        ? `${name}=${wanted} needs Redis replicas, and STORE=single has none. Type: make herd STORE=sentinel ${name}=${wanted}`
        : `${name}=${wanted} is more than there are Redis replicas. Allowed: up to STORE_REPLICAS=${storeReplicas}. Type: make herd STORE=sentinel STORE_REPLICAS=${wanted} ${name}=${wanted}`,
    );
  }
}

/** The first parameter that is not as the fault needs it; undefined: there is none. */
function unmetNeed(values: Values): { name: string; needed: readonly string[]; given: string } | undefined {
  return (faultsNamed(values.FAULT) ?? [])
    .flatMap(({ needs = {} }) => Object.entries(needs))
    .map(([name, needed]) => ({ name, needed: [needed].flat(), given: String(values[name as keyof Values]) }))
    .find(({ needed, given }) => !needed.includes(given));
}

/** Two faults that need different things of one cluster can never hit together. */
function refuseApart({ FAULT }: Values): void {
  const [first, second] = faultsNamed(FAULT) ?? [];
  const apart = Object.entries(first?.needs ?? {}).find(([name, needed]) => {
    const others = second?.needs?.[name];
    return others !== undefined && ![needed].flat().some((one) => [others].flat().includes(one));
  });
  if (!apart) return;
  const [name, needed] = apart;
  throw new UsageError(
    `FAULT=${FAULT} cannot be: ${first?.name} needs ${name}=${either(needed)}, and ${second?.name} ${name}=${either(second?.needs?.[name])}. ` +
      `Allowed: two that need the same. Type: make fault-${first?.name}`,
  );
}

const either = (values: string | readonly string[] = []): string => [values].flat().join(' or ');

/** A fault that finds nothing to break would only make the run unknown. */
function refuseUnfitFault(values: Values): void {
  refuseApart(values);
  const unmet = unmetNeed(values);
  if (!unmet) return;
  const { name, needed, given } = unmet;
  const [first = ''] = needed;
  throw new UsageError(
    `FAULT=${values.FAULT} needs ${name}=${needed.join(' or ')}, not ${given}. Type: make herd FAULT=${values.FAULT} ${name}=${first}`,
  );
}

/** A lease backend that nothing would ask, or that grants nothing in the store. */
function refuseUnfitLease({ strategy, leaseBackend, waitReplicas }: Settings): void {
  if (leaseBackend === 'redis') return;
  if (!strategyNamed(strategy)?.claim.fenced) {
    const leased = strategies.filter(({ claim }) => claim.fenced).map(({ name }) => name);
    throw new UsageError(
      `LEASE_BACKEND=${leaseBackend} is not allowed with STRATEGY=${strategy}, which takes no lease. ` +
        `Allowed: ${leased.join(', ')}. Type: make herd STRATEGY=${leased[0]} LEASE_BACKEND=${leaseBackend}`,
    );
  }
  if (waitReplicas > 0)
    throw new UsageError(
      `WAIT=${waitReplicas} is about grants in Redis, and LEASE_BACKEND=${leaseBackend} grants elsewhere. ` +
        `Allowed: 0. Type: make herd LEASE_BACKEND=${leaseBackend} WAIT=0`,
    );
}

function refuseLoneReplica({ fault, replicas, strategy }: Settings): void {
  const least = Math.max(1, ...(faultsNamed(fault) ?? []).map(({ leastReplicas = 1 }) => leastReplicas));
  if (replicas >= least) return;
  throw new UsageError(
    `REPLICAS=${replicas} leaves nobody to serve under FAULT=${fault}. Allowed: ${least} or more. ` +
      `Type: make herd STRATEGY=${strategy} FAULT=${fault} REPLICAS=${least}`,
  );
}

/** Where values are served stale until they are refreshed, a grace shorter than that makes everyone wait after all. */
function refuseShortGrace(settings: Settings): void {
  const definition = strategyNamed(settings.strategy);
  const staleMs = Math.ceil(definition?.claim.maxStaleMs(settings) ?? 0);
  if (settings.graceMs >= staleMs) return;
  const bound = definition?.refresher
    ? 'LEASE + RECOMPUTE + REFRESH_INTERVAL; more with less than a request an interval'
    : 'LEASE + RECOMPUTE + 1/RATE';
  throw new UsageError(
    `GRACE=${formatDuration(settings.graceMs)} is shorter than the ${formatDuration(staleMs)} for which ${settings.strategy} may serve a stale value (${bound}). ` +
      `Allowed: at least that. Type: make herd STRATEGY=${settings.strategy} GRACE=${formatDuration(Math.ceil(staleMs / 1000) * 1000)}`,
  );
}
