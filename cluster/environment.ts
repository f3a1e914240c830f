import type { Settings } from '../record/settings.ts';

/** What a run's settings tell every replica and every refresher, wherever it runs. Addresses, names and paths are the runtime's to add. */
export const appEnvironment = (settings: Settings): Record<string, string> => ({
  STRATEGY: settings.strategy,
  ABLATE: settings.ablate ?? 'none',
  TTL_MS: `${settings.ttlMs}`,
  TTL_JITTER: `${settings.ttlJitter}`,
  GRACE_MS: `${settings.graceMs}`,
  PROXY_GRACE_MS: `${settings.proxyGraceMs}`,
  APP_HEADERS: settings.appHeaders,
  LEASE_MS: `${settings.leaseMs}`,
  BETA: `${settings.beta}`,
  SINGLE_FLIGHT: settings.singleFlight ? 'on' : 'off',
  BACKOFF_MS: `${settings.backoffMs}`,
  REFRESH_INTERVAL_MS: `${settings.refreshIntervalMs}`,
  DRAIN_MS: `${drainMsFor(settings)}`,
  ORIGIN_TIMEOUT_MS: `${patienceMsFor(settings)}`,
  PATIENCE_MS: `${patienceMsFor(settings)}`,
  SEED: `${settings.seed}`,
});

/** How long anybody waits for a recompute before giving up: 10 s, or as long as two of them. */
export const patienceMsFor = ({ recomputeMs, recomputeJitter }: Settings): number =>
  Math.max(10_000, Math.ceil(2 * recomputeMs * (1 + recomputeJitter)));

/** A waiter's longest wait, and time for idle connections to be told. */
export const drainMsFor = ({ leaseMs, recomputeMs }: Settings): number => 3000 + leaseMs + 2 * recomputeMs;

/** The same for the origin. `askers`: the replicas and refreshers it will hear from. */
export const originEnvironment = (settings: Settings, askers: readonly string[]): Record<string, string> => ({
  RECOMPUTE_MS: `${settings.recomputeMs}`,
  RECOMPUTE_JITTER: `${settings.recomputeJitter}`,
  CAPACITY: `${settings.originCapacity}`,
  ASKERS: askers.join(','),
  SEED: `${settings.seed}`,
});
