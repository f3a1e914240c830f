import type { Commit } from '../checks/cycles.ts';
import type { Evidence } from '../checks/evidence.ts';
import type { Bench, Plan } from './fault.ts';
import type { Timeline } from './timeline.ts';
import { patienceMs, untilWarm } from './warm.ts';

/** Waits for a replica to be granted the lease of the warm key and to begin its recompute, and gives it at once. */
export async function nextHolder(bench: Bench): Promise<Plan & { readonly fence: number }> {
  const { until, journals, settings } = bench;
  const grants = () =>
    journals.events.flatMap((event) =>
      event.event === 'granted' && event.key === settings.key ? [event] : [],
    );
  await untilWarm(bench);
  const before = grants().length;
  const holder = await until('the next grant', () => grants()[before], patienceMs(bench));
  const begun = () =>
    journals.ledger.find(
      (line) => line.event === 'begin' && line.by === holder.by && line.seenAt === holder.storeAt,
    );
  await until('its recompute', begun, patienceMs(bench));
  return { victim: holder.by, fence: holder.fence };
}

/** Waits until somebody else has been granted the lease after this fence and has written. */
export async function untilFilledByAnother(
  { until, journals, settings }: Bench,
  fence: number,
): Promise<void> {
  const filled = () => journals.events.find((event) => event.event === 'commit' && event.fence > fence);
  await until('a fill by another', filled, settings.leaseMs + settings.recomputeMs + 5000);
}

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
