import type { LeaseBackend } from '../backends/mutexes.ts';
import { ablatedStrategy } from '../services/app/ablations/index.ts';
import type { Freshness } from '../services/app/caching-headers.ts';
import type { Setting } from '../strategies/contract.ts';
import { strategies, strategyNamed } from '../strategies/index.ts';
import { faultNamed } from './faults/index.ts';
import type { Values } from './parameters.ts';
import { refuseUnfitProxy } from './proxies/unfit.ts';
import { spell } from './spell.ts';
import { UsageError } from './usage-error.ts';

/** One run's settings: durations in ms, rates a second. It is `config` in result.json. */
export interface Settings extends Setting {
  readonly strategy: string;
  /** What was asked for; on auto the machine decides. */
  readonly runtime: 'auto' | 'local' | 'compose';
  /** Redis as one server, or as a primary with `storeReplicas` replicas and three Sentinels. */
  readonly store: 'single' | 'sentinel';
  readonly storeReplicas: number;
  /** `min-replicas-to-write` of every Redis server. */
  readonly minReplicas: number;
  /** Redis replicas that must have a grant before it counts. */
  readonly waitReplicas: number;
  /** Processes that refresh outside of the requests; none where the strategy has no use for them. */
  readonly refreshers: number;
  readonly expiries: number;
  readonly leaseBackend: LeaseBackend;
  readonly backoffMs: number;
  readonly recomputeJitter: number;
  /** The share of the TTL by which each write draws its own longer or shorter. */
  readonly ttlJitter: number;
  readonly originCapacity: number;
  readonly seed: number;
  readonly port: number;
  readonly key: string;
  /** What befalls the cluster; null: nothing. */
  readonly fault: string | null;
  /** The guard taken out of the strategy; null: none. */
  readonly ablate: string | null;
  /** What stands in front of the replicas, and how many of it; null and 0: nothing. */
  readonly proxy: string | null;
  readonly proxies: number;
  /** How long past its time a proxy may serve a value while it fetches a new one. */
  readonly proxyGraceMs: number;
  readonly appHeaders: Freshness['headers'];
}

/** Throws {@link UsageError} where values that are fine each by itself make no sense together. */
export function settingsFrom(values: Values): Settings {
  const settings: Settings = {
    strategy: values.STRATEGY,
    runtime: values.RUNTIME,
    replicas: values.REPLICAS,
    ratePerSecond: values.RATE,
    ttlMs: values.TTL,
    graceMs: values.GRACE,
    recomputeMs: values.RECOMPUTE,
    leaseMs: values.LEASE,
    leaseBackend: values.LEASE_BACKEND,
    beta: values.BETA,
    singleFlight: values.SINGLE_FLIGHT === 'on',
    store: values.STORE,
    storeReplicas: values.STORE === 'single' ? 0 : values.STORE_REPLICAS,
    minReplicas: values.MIN_REPLICAS,
    waitReplicas: values.WAIT,
    refreshers: strategyNamed(values.STRATEGY)?.refresher ? values.REFRESHERS : 0,
    refreshIntervalMs: values.REFRESH_INTERVAL,
    expiries: values.EXPIRIES,
    backoffMs: values.BACKOFF,
    recomputeJitter: values.RECOMPUTE_JITTER,
    ttlJitter: values.TTL_JITTER,
    originCapacity: values.ORIGIN_CAPACITY,
    seed: values.SEED,
    port: values.PORT,
    key: 'hot',
    fault: values.FAULT === 'none' ? null : values.FAULT,
    ablate: values.ABLATE === 'none' ? null : values.ABLATE,
    proxy: values.PROXY === 'none' ? null : values.PROXY,
    proxies: values.PROXY === 'none' ? 0 : values.PROXIES,
    proxyGraceMs: values.PROXY_GRACE,
    appHeaders: values.APP_HEADERS,
  };
  refuseAblationOfOthers(settings);
  refuseRestless(settings);
  refuseMissingReplicas(settings);
  refuseUnfitLease(settings);
  refuseUnfitFault(values);
  refuseLoneReplica(settings);
  refuseShortGrace(settings);
  refuseUnfitProxy(settings, values.PROXIES);
  return settings;
}

function refuseAblationOfOthers({ strategy, leaseBackend, ablate }: Settings): void {
  if (ablate === null) return;
  if (leaseBackend !== 'redis')
    throw new UsageError(
      `ABLATE=${ablate} takes a guard out of the lease in Redis, and LEASE_BACKEND=${leaseBackend} is another. ` +
        `Allowed: LEASE_BACKEND=redis. Type: make herd ABLATE=${ablate} LEASE_BACKEND=redis`,
    );
  const theirs = ablatedStrategy(ablate);
  if (strategy === theirs) return;
  throw new UsageError(
    `ABLATE=${ablate} takes a guard out of ${theirs}, and ${strategy} is another strategy. ` +
      `Allowed: STRATEGY=${theirs}. Type: make herd STRATEGY=${theirs} ABLATE=${ablate}`,
  );
}

/** A TTL that the strategy's lead fills would be refreshed without pause, and no cycle could be told from the next. */
function refuseRestless(settings: Settings): void {
  const { strategy, ttlMs } = settings;
  const definition = strategyNamed(strategy);
  const lead = definition?.claim.leadMs?.(settings);
  if (lead === undefined || ttlMs > lead) return;
  const [whose, formula] = definition?.refresher
    ? [`${strategy}'s`, 'REFRESH_INTERVAL + RECOMPUTE']
    : ["XFetch's", 'βδ·ln(λβδ)'];
  throw new UsageError(
    `TTL=${spell(ttlMs)} is shorter than ${whose} lead of ${spell(Math.ceil(lead))} (${formula}): it would refresh without pause. ` +
      `Allowed: more than the lead. Type: make herd STRATEGY=${strategy} TTL=${spell(Math.ceil((2 * lead) / 1000) * 1000)}`,
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
export function unmetNeed(values: Values): { name: string; needed: string; given: string } | undefined {
  return Object.entries(faultNamed(values.FAULT)?.needs ?? {})
    .map(([name, needed]) => ({ name, needed, given: String(values[name as keyof Values]) }))
    .find(({ needed, given }) => given !== needed);
}

/** A fault that finds nothing to break would only make the run unknown. */
function refuseUnfitFault(values: Values): void {
  const unmet = unmetNeed(values);
  if (!unmet) return;
  const { name, needed, given } = unmet;
  throw new UsageError(
    `FAULT=${values.FAULT} needs ${name}=${needed}, not ${given}. Type: make herd FAULT=${values.FAULT} ${name}=${needed}`,
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
  const least = faultNamed(fault)?.leastReplicas ?? 1;
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
    `GRACE=${spell(settings.graceMs)} is shorter than the ${spell(staleMs)} for which ${settings.strategy} may serve a stale value (${bound}). ` +
      `Allowed: at least that. Type: make herd STRATEGY=${settings.strategy} GRACE=${spell(Math.ceil(staleMs / 1000) * 1000)}`,
  );
}
