import type { Evidence } from '../evidence.ts';
import type { Timeline } from '../timeline.ts';

/** A commit that was held on its way, and what the store had once it was executed. Store time in ms. */
export interface LateCommit {
  readonly atStoreMs: number;
  readonly isRefused: boolean;
  readonly storedVersion: number;
}

/**
 * Reads what the lab saw of the victim's late commit in the store itself; undefined if it never arrived there. Under its own
 * fence the store's value would be the victim's.
 */
export function lateCommitIn({ commits }: Evidence, timeline: Timeline): LateCommit | undefined {
  const details = timeline.noteOf('late commit')?.details;
  if (!details) return undefined;
  const isInJournal = commits.some(({ accepted, fence }) => accepted && fence === timeline.fence);
  return {
    atStoreMs: Number(details.storeAt),
    isRefused: Number(details.fence) !== timeline.fence && !isInJournal,
    storedVersion: Number(details.version),
  };
}
