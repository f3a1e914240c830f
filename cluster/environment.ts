import { isForeign } from '../record/foreign/foreign.ts';
import { originTimeoutMsFor, type Settings, variablesFor } from '../record/settings.ts';
import { claimedQueueMs, patienceMsFor } from '../strategies/contract/index.ts';
import { strategyNamed } from '../strategies/index.ts';
import { none } from '../strategies/none.ts';
import { claimBehind } from './proxies/claim.ts';

/**
 * Gives the variables of every replica and refresher: the settings that `record/settings.ts` has for members, and the times
 * computed from them. The runtime adds addresses, names and paths.
 */
export const appEnvironment = (settings: Settings): Record<string, string> => ({
  ...variablesFor('member', settings),
  DRAIN_MS: `${drainMsFor(settings)}`,
  ORIGIN_TIMEOUT_MS: `${originTimeoutMsFor(settings)}`,
  PATIENCE_MS: `${patienceMsFor(settings)}`,
});

/**
 * How long anybody queues at the origin by the strategy's claim, or until patience ends. A service of the user's own may protect
 * nothing.
 */
export function queueMsFor(settings: Settings): number {
  const claim = (isForeign(settings) ? none : strategyNamed(settings.strategy))?.claim;
  if (!claim) return 0;
  const queueMs = claimedQueueMs(claimBehind(claim, settings), settings) * (1 + settings.recomputeJitter);
  return Math.min(Math.ceil(queueMs), patienceMsFor(settings));
}

/** How long the first answer of a user's own service may take. */
export const answersWithinMs = (settings: Settings): number => 1000 + originTimeoutMsFor(settings);

/** A waiter's longest wait, and time for idle connections to be told. */
export const drainMsFor = (settings: Settings): number =>
  3000 + settings.leaseMs + 2 * settings.recomputeMs + queueMsFor(settings);

/** The same for the origin. `askers`: the replicas and refreshers it will hear from. */
export const originEnvironment = (settings: Settings, askers: readonly string[]): Record<string, string> => ({
  ...variablesFor('origin', settings),
  ASKERS: askers.join(','),
});
