import type { Setting } from '../strategies/contract.ts';
import { leadMs } from '../strategies/xfetch.ts';
import type { Values } from './parameters.ts';
import { spell } from './spell.ts';
import { UsageError } from './usage-error.ts';

/** One run's settings: durations in ms, rates a second. It is `config` in result.json. */
export interface Settings extends Setting {
  readonly strategy: string;
  readonly runtime: 'local';
  readonly expiries: number;
  readonly backoffMs: number;
  readonly recomputeJitter: number;
  readonly originCapacity: number;
  readonly seed: number;
  readonly port: number;
  readonly key: string;
  /** What befalls the cluster; null: nothing. */
  readonly fault: string | null;
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
    beta: values.BETA,
    singleFlight: values.SINGLE_FLIGHT === 'on',
    expiries: values.EXPIRIES,
    backoffMs: values.BACKOFF,
    recomputeJitter: values.RECOMPUTE_JITTER,
    originCapacity: values.ORIGIN_CAPACITY,
    seed: values.SEED,
    port: values.PORT,
    key: 'hot',
    fault: values.FAULT === 'none' ? null : values.FAULT,
  };
  refuseRestlessXFetch(settings);
  return settings;
}

/** A TTL that XFetch's lead fills would be refreshed without pause, and no cycle could be told from the next. */
function refuseRestlessXFetch(settings: Settings): void {
  if (!settings.strategy.startsWith('xfetch')) return;
  const lead = leadMs(settings);
  if (settings.ttlMs > lead) return;
  throw new UsageError(
    `TTL=${spell(settings.ttlMs)} is shorter than XFetch's lead of ${spell(Math.ceil(lead))} (βδ·ln(λβδ)): it would refresh without pause. ` +
      `Allowed: more than the lead. Type: make herd STRATEGY=${settings.strategy} TTL=${spell(Math.ceil((2 * lead) / 1000) * 1000)}`,
  );
}
