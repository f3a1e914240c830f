import type { Evidence } from '../../faults/support/evidence.ts';
import type { Arrival } from '../../record/arrival.ts';
import { patienceMsFor, type WallMs } from '../../strategies/contract/index.ts';

/*
 * A request that was never answered is not absent from a percentile: it counts as at least as slow as the time-out, and as the
 * longest wait for an answer. Else the percentiles of a collapsed run would be those of the few who were served.
 */

/** Tells whether nobody knows how long the request would have taken: it was not sent, or not answered in time. */
export const isLost = ({ ending }: Pick<Arrival, 'ending'>): boolean =>
  ending === 'unsent' || ending === 'timeout';

/** Gives after how long the herd gives a request up. It counts whole seconds. */
export const timeOutMs = ({ settings }: Pick<Evidence, 'settings'>): number =>
  Math.ceil(patienceMsFor(settings) / 1000) * 1000;

/** Gives a function that tells until when a lost request could have waited, and so which expiries it crosses. */
export function lostUntilMs(evidence: Pick<Evidence, 'settings'>): (lost: Arrival) => WallMs {
  const timeOut = timeOutMs(evidence);
  return ({ dueAt, endedAt = 0 }) => Math.max(dueAt + timeOut, endedAt);
}
