import type { RunEvent } from '../../record/facts.ts';
import { INVALIDATED_BY_LAB } from '../../record/fault-events.ts';

/** How far apart the lab's note and the invalidation may be. */
const NEAR_MS = 2000;

/** Lists the invalidations of a key that the lab did not ask for. Each note of the lab's accounts for one. */
export function unaskedInvalidations(events: readonly RunEvent[], key: string): string[] {
  const asked = events.filter(
    (event) => event.event === 'fault' && event.phase === 'noted' && event.what === INVALIDATED_BY_LAB,
  );
  return events.flatMap((event) => {
    if (event.event !== 'invalidated' || event.key !== key) return [];
    const index = asked.findIndex(({ at }) => Math.abs(at - event.at) <= NEAR_MS);
    if (index < 0) return [`${event.by} invalidated the key, and the lab had not asked for it`];
    asked.splice(index, 1);
    return [];
  });
}
