import type { LeaseBackend } from '../backends/mutexes.ts';
import type { Freshness } from '../services/app/caching-headers.ts';
import type { Setting } from '../strategies/contract.ts';
import { strategyNamed } from '../strategies/index.ts';
import type { Values } from './parameters.ts';
import { refuseUnfit } from './refusals.ts';

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
  refuseUnfit(settings, values);
  return settings;
}
