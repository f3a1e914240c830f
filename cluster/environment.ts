import { type Settings, variablesFor } from '../record/settings.ts';

/**
 * What a run's settings tell every replica and every refresher, wherever it runs: what `record/settings.ts` says a member
 * is told, and the times that follow from it. The runtime adds addresses, names and paths.
 */
export const appEnvironment = (settings: Settings): Record<string, string> => ({
  ...variablesFor('member', settings),
  DRAIN_MS: `${drainMsFor(settings)}`,
  ORIGIN_TIMEOUT_MS: `${patienceMsFor(settings)}`,
  PATIENCE_MS: `${patienceMsFor(settings)}`,
});

/** How long anybody waits for a recompute before giving up: 10 s, or as long as two of them. */
export const patienceMsFor = ({ recomputeMs, recomputeJitter }: Settings): number =>
  Math.max(10_000, Math.ceil(2 * recomputeMs * (1 + recomputeJitter)));

/** A waiter's longest wait, and time for idle connections to be told. */
export const drainMsFor = ({ leaseMs, recomputeMs }: Settings): number => 3000 + leaseMs + 2 * recomputeMs;

/** The same for the origin. `askers`: the replicas and refreshers it will hear from. */
export const originEnvironment = (settings: Settings, askers: readonly string[]): Record<string, string> => ({
  ...variablesFor('origin', settings),
  ASKERS: askers.join(','),
});
