import { faultsNamed } from '../../faults/index.ts';
import { needsRelay } from '../../record/fault-events.ts';
import { isForeign, UP } from '../../record/foreign/foreign.ts';
import { SETTINGS, type Settings } from '../../record/settings.ts';
import { strategyNamed } from '../../strategies/index.ts';
import type { Values } from './parameters.ts';
import { refuseUnfit } from './refusals.ts';

/**
 * Makes a run's settings of the values. Throws {@link UsageError} where values that are fine each by itself make no
 * sense together.
 */
export function settingsFrom(values: Values): Settings {
  const typed = Object.fromEntries(
    Object.entries(SETTINGS).map(([field, { name }]) => [field, values[name]]),
  ) as Omit<Settings, 'key' | 'relay'>;
  const { target } = typed;
  const hasTargets = target !== null && target !== UP;
  const faults = faultsNamed(values.FAULT) ?? [];
  const settings: Settings = {
    ...typed,
    key: 'hot',
    // Those that run already.
    replicas: hasTargets ? (target?.split(',').length ?? 0) : typed.replicas,
    relay: needsRelay(values.AT) || faults.some(({ relayed }) => relayed),
    storeReplicas: values.STORE === 'single' ? 0 : values.STORE_REPLICAS,
    refreshers: isForeign(typed) || !strategyNamed(values.STRATEGY)?.refresher ? 0 : values.REFRESHERS,
    proxies: values.PROXY === null ? 0 : values.PROXIES,
  };
  refuseUnfit(settings, values);
  return settings;
}
