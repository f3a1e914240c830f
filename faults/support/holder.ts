import type { WallMs } from '../../strategies/contract/index.ts';
import type { Commit, Evidence, Granted } from './evidence.ts';
import type { Timeline } from './timeline.ts';

/** Finds the victim's commit under its grant. If it came before the injection, the fault missed. */
export const commitOf = ({ commits }: Evidence, { fence }: Timeline): Commit | undefined =>
  commits.find((commit) => commit.fence === fence);

/** Gives when the value that the victim should replace is due; 0 if there is none. */
export function dueWallMs({ commits, settings }: Evidence, { fence = 0 }: Timeline): WallMs {
  const replaced = commits.findLast((commit) => commit.accepted && commit.fence < fence);
  return replaced ? replaced.atWallMs + settings.ttlMs : 0;
}

/** Gives the grants after the victim's, until the next value was stored. */
export function takeOvers({ grants, commits }: Evidence, { fence: victims = 0 }: Timeline): Granted[] {
  const filled = commits.find((commit) => commit.accepted && commit.fence > victims);
  return grants.filter(({ fence }) => fence > victims && (!filled || fence <= filled.fence));
}
