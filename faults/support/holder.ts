import type { Commit, Evidence } from './evidence.ts';
import type { Timeline } from './timeline.ts';

/** What the victim did with its grant afterwards; the fault missed it when it had committed before. */
export const commitOf = ({ commits }: Evidence, { fence }: Timeline): Commit | undefined =>
  commits.find((commit) => commit.fence === fence);

/** When the value that the victim was to replace is due; long ago where there is none. */
export function dueAt({ commits, settings }: Evidence, { fence = 0 }: Timeline): number {
  const replaced = commits.findLast((commit) => commit.accepted && commit.fence < fence);
  return replaced ? replaced.at + settings.ttlMs : 0;
}

/** The grants that came after the victim's, until the next value was stored. */
export function takeOvers({ events, commits, settings }: Evidence, { fence = 0 }: Timeline) {
  const filled = commits.find((commit) => commit.accepted && commit.fence > fence);
  return events.flatMap((event) =>
    event.event === 'granted' &&
    event.key === settings.key &&
    event.fence > fence &&
    (!filled || event.fence <= filled.fence)
      ? [event]
      : [],
  );
}
