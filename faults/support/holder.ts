import type { WallMs } from '../../strategies/contract/index.ts';
import type { Commit, Evidence, Granted, Recompute } from './evidence.ts';
import type { Timeline } from './timeline.ts';

/** Finds the victim's commit under its grant, if the store's decision on it is known. */
export const commitOf = ({ commits }: Evidence, { fence }: Timeline): Commit | undefined =>
  commits.find((commit) => commit.fence === fence);

/** Gives the version that the victim was about to write under its grant; undefined if it never was. */
export function versionOf({ events }: Evidence, { fence }: Timeline): number | undefined {
  const write = events.find(
    (event) => (event.event === 'committing' || event.event === 'commit') && event.fence === fence,
  );
  return write && 'version' in write ? write.version : undefined;
}

/** Finds the first write of another that was accepted under a later grant than the victim's. */
export const newerCommit = ({ commits }: Evidence, { fence: victims = 0 }: Timeline): Commit | undefined =>
  commits.find(({ accepted, fence }) => accepted && fence > victims);

/** Gives when the value that the victim should replace is due; 0 if there is none. */
export function dueWallMs({ commits, settings }: Evidence, { fence = 0 }: Timeline): WallMs {
  const replaced = commits.findLast((commit) => commit.accepted && commit.fence < fence);
  return replaced ? replaced.atWallMs + settings.ttlMs : 0;
}

/** Gives the grants after the victim's, until the next value was stored. */
export function takeOvers(evidence: Evidence, timeline: Timeline): Granted[] {
  const { fence: victims = 0 } = timeline;
  const filled = newerCommit(evidence, timeline);
  return evidence.grants.filter(({ fence }) => fence > victims && (!filled || fence <= filled.fence));
}

/**
 * Lists the recomputes that began with a store after that moment, up to the first value stored then: one expiry. The
 * victim's own does not count. The origin's ledger says it, and no note of the lab: members are back before the lab knows.
 */
export function firstFillSince(
  { recomputes, grants, commits }: Evidence,
  sinceWallMs: WallMs,
  victims?: number,
): Recompute[] {
  const held = grants.find(({ fence }) => fence === victims);
  const later = recomputes
    .filter(
      ({ beganWallMs, by, seenStoreMs }) =>
        seenStoreMs !== undefined &&
        beganWallMs > sinceWallMs &&
        !(by === held?.by && seenStoreMs === held.atStoreMs),
    )
    .sort((a, b) => seenAt(a) - seenAt(b));
  const [first] = later;
  if (!first) return [];
  const filled = commits.find(({ accepted, atStoreMs }) => accepted && atStoreMs > seenAt(first));
  return later.filter((recompute) => !filled || seenAt(recompute) <= filled.atStoreMs);
}

const seenAt = ({ seenStoreMs = 0 }: Recompute): number => seenStoreMs as number;
