import type { Commit, Recompute } from '../../faults/support/evidence.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import type { Case } from '../evidence.ts';

/**
 * Lists the versions that somebody set out to replace although the store did not have them by then: nobody made them, or
 * their write was refused, lost or still to come. Any order of values will do. A write that is open may have been there.
 */
export function neverStored({
  recomputes,
  commits,
  operations,
  clockErrorMs = Number.POSITIVE_INFINITY,
}: Pick<Case, 'recomputes' | 'commits' | 'operations' | 'clockErrorMs'>): string[] {
  const made = new Set(recomputes.map(({ version }) => version));
  const stored = Map.groupBy(
    commits.filter(({ accepted }) => accepted),
    ({ version }) => version,
  );
  const open = new Set(
    operations.commits.flatMap(({ outcome, version }) => (outcome === 'open' ? [version] : [])),
  );
  const found = new Map<number, string>();
  for (const recompute of recomputes) {
    const { replaces = 0 } = recompute;
    if (replaces === 0) continue;
    const isThere = (commit: Commit) => isBy(commit, recompute, clockErrorMs);
    if (!made.has(replaces))
      found.set(replaces, `version ${replaces} was replaced, but the origin never made it`);
    else if (!open.has(replaces) && !(stored.get(replaces) ?? []).some(isThere))
      found.set(replaces, `version ${replaces} was replaced by ${recompute.by}, but was not stored by then`);
  }
  return [...found.values()];
}

/** Tells whether a write may have been accepted before a look at the store. By the store's own clock both are exact. */
function isBy(
  { atStoreMs, atWallMs, until }: Commit,
  { seenStoreMs, beganWallMs }: Recompute,
  errorMs: number,
): boolean {
  if (seenStoreMs === undefined) return atWallMs <= beganWallMs + CLOCK_SLACK_MS + errorMs;
  return atStoreMs <= seenStoreMs + CLOCK_SLACK_MS + (until ? errorMs : 0);
}
