// Shared by the faults that are done to a service of the user's own: how long it may take to recover.

import type { Settings } from '../../../record/settings.ts';
import { patienceMsFor } from '../../../strategies/contract/index.ts';

/** How long a service may take to notice that Redis, the origin or a replica is back. */
export const RECOVERS_WITHIN_MS = 2000;

/** How long a newer value is left to be read before a frozen replica wakes. */
export const SERVED_AFTER_MS = 500;

/**
 * Gives how long after a fault the origin may take to make the next value for the service. Nobody knows what ends the
 * service's lock, but a request gives up after its patience.
 */
export const madeAgainWithinMs = (settings: Settings): number =>
  patienceMsFor(settings) + settings.recomputeMs * (1 + settings.recomputeJitter);
