import type { Answered } from '../faults/support/evidence.ts';
import { answersTo, together, type Witness } from '../faults/support/witness.ts';
import { type AskedInvalidation, askedInvalidations } from './causes/asked-invalidations.ts';
import { type Case, orderIn } from './evidence.ts';

/** What followed an acknowledged invalidation. */
export interface Aftermath {
  readonly invalidation: AskedInvalidation;
  /** How many answers were sent for after it, and before the next one was asked for. */
  readonly followers: number;
  /** The answer of an older value that was sent for last. */
  readonly lastOlder: Answered | undefined;
}

/** Gives how long after the acknowledgement somebody last asked and got an older value; 0: never. In ms. */
export const olderMsAfter = ({ invalidation, lastOlder }: Aftermath): number =>
  lastOlder ? lastOlder.sentAt - invalidation.endedWallMs : 0;

/**
 * Finds what followed each acknowledged invalidation. A value is older if its recompute began before the invalidation was
 * asked for. A request counts if it was sent after the acknowledgement: whoever asked before may get either. Answers that were
 * made without the store do not count, nor those in another order of values.
 */
export function aftermathsIn(
  evidence: Pick<Case, 'events' | 'recomputes' | 'struck' | 'clockErrorMs'>,
): Witness<Aftermath[]> {
  const { recomputes, clockErrorMs = 0 } = evidence;
  const invalidations = askedInvalidations(evidence.events).filter(({ isAcknowledged }) => isAcknowledged);
  const aftermaths = invalidations.map((invalidation) => ({
    ...{ invalidation, followers: 0 },
    lastOlder: undefined as Answered | undefined,
    order: orderIn(evidence, invalidation.replica, invalidation.askedWallMs, invalidation.endedWallMs),
  }));
  const beganAt = new Map(recomputes.map(({ version, beganWallMs }) => [version, beganWallMs]));
  const answers = answersTo((answer) => {
    const { degraded, by = '', version, sentAt, endedAt } = answer;
    const began = beganAt.get(version);
    if (degraded || began === undefined) return;
    const last = lastBefore(invalidations, sentAt);
    const newest = aftermaths[last];
    if (newest) newest.followers += 1;
    for (let index = last; index >= 0; index--) {
      const aftermath = aftermaths[index];
      // The invalidations are in order: it is newer than all those before, too.
      if (!aftermath || began >= aftermath.invalidation.askedWallMs - clockErrorMs) return;
      if (aftermath.order === undefined || orderIn(evidence, by, sentAt, endedAt) !== aftermath.order)
        continue;
      if (sentAt > (aftermath.lastOlder?.sentAt ?? 0)) aftermath.lastOlder = answer;
    }
  });
  return together([answers], () => aftermaths);
}

/** Gives the index of the last invalidation that was acknowledged before the moment; -1: none was. */
function lastBefore(invalidations: readonly AskedInvalidation[], wallMs: number): number {
  let [low, high] = [0, invalidations.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((invalidations[middle] as AskedInvalidation).endedWallMs < wallMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
