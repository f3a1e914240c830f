import type { Answered, Evidence } from '../faults/support/evidence.ts';
import { firstAccepted } from '../faults/support/lookups.ts';
import type { WallMs } from '../strategies/contract/index.ts';

/** What staleness is counted from. */
interface Dated extends Pick<Evidence, 'commits' | 'settings'> {
  /** Of a service whose writes nobody sees: by when it can have stored each version. See foreign/layout.ts. */
  readonly foreign?: { readonly storedByWallMs: ReadonlyMap<number, WallMs> } | undefined;
}

/** How long past the end of its value's life a request was sent, in ms; 0 for a value that was still good. */
export interface Staleness {
  /** By the latest and the earliest moment at which the store can have accepted the value. Mostly they are the same. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * Gives a function that tells how stale an answer was. It counts by the commits and the TTL, not by the replica's word.
 * Undefined for an answer that was made without the store, which does not count, and for one whose version has no accepted
 * commit: nobody knows how old that one is, so it never counts as fresh. A version that was stored twice is as old as its
 * first commit says.
 */
export function stalenessRange({
  commits,
  settings,
  foreign,
}: Dated): (answer: Answered) => Staleness | undefined {
  const accepted = firstAccepted(commits);
  const longestMs = settings.ttlMs * (1 + settings.ttlJitter);
  return ({ degraded, version, sentAt }) => {
    const commit = degraded ? undefined : accepted.get(version);
    if (!commit) return undefined;
    const pastMs = (storedWallMs: number) => Math.max(0, sentAt - (storedWallMs + longestMs));
    const storedBy = foreign?.storedByWallMs.get(version);
    if (storedBy !== undefined) return { leastMs: pastMs(storedBy), mostMs: pastMs(storedBy) };
    return { leastMs: pastMs(commit.until?.wallMs ?? commit.atWallMs), mostMs: pastMs(commit.atWallMs) };
  };
}

/** Gives a function that tells how stale an answer was at the most; undefined as in {@link stalenessRange}. */
export function staleness(evidence: Dated): (answer: Answered) => number | undefined {
  const rangeOf = stalenessRange(evidence);
  return (answer) => rangeOf(answer)?.mostMs;
}
