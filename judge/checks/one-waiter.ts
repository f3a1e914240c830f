import { passIf } from '../../faults/support/finding.ts';
import type { Check } from './check.ts';

/** Checks that at most one caller per replica waits for another replica's recompute, so that no convoy forms at the store. */
export const oneWaiter: Check = {
  name: 'one waiter per replica',
  judge({ claim, settings, events }) {
    if (!claim.oneWaiterPerReplica || !settings.singleFlight) return undefined;
    const atOnce = events.flatMap((event) =>
      event.event === 'waiting' && event.key === settings.key ? [event.atOnce] : [],
    );
    const most = atOnce.reduce((a, b) => Math.max(a, b), 0);
    return passIf(most <= 1, `${atOnce.length} waits, at most ${most} at once in a replica`);
  },
};
