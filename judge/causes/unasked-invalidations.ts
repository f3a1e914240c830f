import type { RunEvent } from '../../record/facts.ts';
import { askedInvalidations } from './asked-invalidations.ts';

/** How far apart the lab's call and the invalidation may be. */
const NEAR_MS = 2000;

/** Lists the invalidations of a key that the lab did not ask for. Each call of the lab's accounts for one. */
export function unaskedInvalidations(events: readonly RunEvent[], key: string): string[] {
  const asked = askedInvalidations(events);
  return events.flatMap((event) => {
    if (event.event !== 'invalidated' || event.key !== key) return [];
    const index = asked.findIndex(
      ({ askedWallMs, endedWallMs }) =>
        event.at >= askedWallMs - NEAR_MS && event.at <= endedWallMs + NEAR_MS,
    );
    if (index < 0) return [`${event.by} invalidated the key, and the lab had not asked for it`];
    asked.splice(index, 1);
    return [];
  });
}
