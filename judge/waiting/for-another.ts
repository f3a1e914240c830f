import type { Evidence } from '../../faults/support/evidence.ts';

/**
 * Tells whether callers may wait for another replica's recompute. They do where one holder recomputes for the fleet, if
 * there is another replica, and if no proxy lets only one request through.
 */
export const mayWaitForAnother = ({ claim, settings }: Pick<Evidence, 'claim' | 'settings'>): boolean =>
  claim.recomputesAtOnce === undefined && settings.replicas > 1 && !settings.proxy;
