import type { WallMs } from '../../strategies/contract/index.ts';
import type { Commit, Evidence, Granted } from './evidence.ts';
import type { Timeline } from './timeline.ts';

/** What the victim did with its grant afterwards; the fault missed it when it had committed before. */
export const commitOf = ({ commits }: Evidence, { fence }: Timeline): Commit | undefined =>
  commits.find((commit) => commit.fence === fence);

/** When the value that the victim was to replace is due; long ago where there is none. */
export function dueWallMs({ commits, settings }: Evidence, { fence = 0 }: Timeline): WallMs {
  const replaced = commits.findLast((commit) => commit.accepted && commit.fence < fence);
  return replaced ? replaced.atWallMs + settings.ttlMs : 0;
}

/** The grants that came after the victim's, until the next value was stored. */
export function takeOvers({ grants, commits }: Evidence, { fence: victims = 0 }: Timeline): Granted[] {
  const filled = commits.find((commit) => commit.accepted && commit.fence > victims);
  return grants.filter(({ fence }) => fence > victims && (!filled || fence <= filled.fence));
}
