import type { Commit } from '../checks/cycles.ts';
import type { Evidence } from '../checks/evidence.ts';
import type { Bench, Plan } from './fault.ts';
import type { Timeline } from './timeline.ts';

/** Fills of the key before the fault, so that the run has a before. */
const FILLS_BEFORE = 3;

/** Waits for a replica to be granted the lease of the warm key and to begin its recompute, and gives it at once. */
export async function nextHolder({
  until,
  journals,
  settings,
}: Bench): Promise<Plan & { readonly fence: number }> {
  const ofKey = (kind: 'granted' | 'commit') =>
    journals.events.flatMap((event) => (event.event === kind && event.key === settings.key ? [event] : []));
  const patience = 20_000 + FILLS_BEFORE * 4 * (settings.ttlMs + settings.recomputeMs);
  const grants = await until(
    'the warm-up',
    () => (ofKey('commit').length >= FILLS_BEFORE ? ofKey('granted').length : undefined),
    patience,
  );
  const holder = await until('the next grant', () => ofKey('granted')[grants], patience);
  const begun = () =>
    journals.ledger.find(
      (line) => line.event === 'begin' && line.by === holder.by && line.seenAt === holder.storeAt,
    );
  await until('its recompute', begun, patience);
  return { victim: holder.by, fence: holder.fence };
}

/** What the victim did with its grant afterwards; the fault missed it when it had committed before. */
export const commitOf = ({ commits }: Evidence, { fence }: Timeline): Commit | undefined =>
  commits.find((commit) => commit.fence === fence);

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
