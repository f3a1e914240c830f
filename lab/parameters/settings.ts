import type { Settings } from '../../record/settings.ts';
import { strategyNamed } from '../../strategies/index.ts';
import type { Values } from './parameters.ts';
import { refuseUnfit } from './refusals.ts';

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
