import { queueMsFor } from '../../cluster/environment.ts';
import { faultsNamed } from '../../faults/index.ts';
import { fromOutside } from '../../faults/support/outside/from-outside.ts';
import type { HerdOptions } from '../../load/herd.ts';
import type { Settings } from '../../record/settings.ts';
import { patienceMsFor } from '../../strategies/contract/index.ts';
import { claimOf } from './recording/claim.ts';

/** So many connections are the injector's most: what finds none free is unsent, and the run unknown. */
const MOST_CONNECTIONS = 20_000;

/** Gives how fast a herd asks under these settings, and how long it waits for an answer. */
export const paceOf = (
  settings: Settings,
): Pick<HerdOptions, 'ratePerSecond' | 'timeoutSeconds' | 'poolSeconds'> => ({
  ratePerSecond: settings.ratePerSecond,
  timeoutSeconds: timeoutSecondsFor(settings),
  poolSeconds: poolSecondsFor(settings),
});

const timeoutSecondsFor = (settings: Settings): number => Math.ceil(patienceMsFor(settings) / 1000);

/** The longest anybody should wait, and a second more: so much of the load may be under way at once. */
function poolSecondsFor(settings: Settings): number {
  const claim = claimOf(settings);
  const tolerances = claim
    ? (faultsNamed(settings.fault) ?? []).map((fault) =>
        fromOutside(fault, settings).tolerance(settings, claim),
      )
    : [];
  const faultMs = tolerances.reduce((sum, { extraWaitMs = 0 }) => sum + extraWaitMs, 0);
  return Math.min(
    timeoutSecondsFor(settings),
    1 + Math.ceil((settings.leaseMs + 2 * settings.recomputeMs + queueMsFor(settings) + faultMs) / 1000),
    Math.max(1, Math.floor(MOST_CONNECTIONS / settings.ratePerSecond)),
  );
}
