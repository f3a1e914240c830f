import type { RunEvent } from '../../record/facts.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Clocks } from '../clocks.ts';
import type { LeaseEnd, LeaseSpan } from './spans.ts';

interface Draft {
  readonly by: string;
  readonly fence: number;
  readonly grantedWallMs: WallMs;
  readonly renewedWallMs: WallMs[];
  ended?: { readonly atWallMs: WallMs; readonly end: LeaseEnd };
}

/**
 * Lists the leases of a key in the order of their grants. What ends one first counts: a word of its holder, or the next grant. A
 * holder that was frozen says that it lost its lease long after somebody else has it.
 */
export function leaseSpansIn(
  events: readonly RunEvent[],
  { key, leaseMs, clocks }: { readonly key: string; readonly leaseMs: number; readonly clocks: Clocks },
): LeaseSpan[] {
  const drafts = new Map<string, Draft>();
  for (const event of events) {
    if (!('key' in event) || event.key !== key || !('fence' in event)) continue;
    const { by, fence } = event;
    if (event.event === 'granted') {
      const grantedWallMs = clocks.wallOf(event.storeAt);
      drafts.set(`${by} ${fence}`, { by, fence, grantedWallMs, renewedWallMs: [] });
      continue;
    }
    const draft = drafts.get(`${by} ${fence}`);
    if (!draft) continue;
    if (event.event === 'renewed') draft.renewedWallMs.push(clocks.herdTimeOf(event.at, by));
    const end = endIn(event);
    if (end === undefined || draft.ended) continue;
    const atWallMs =
      event.event === 'commit' && event.outcome === 'accepted'
        ? clocks.wallOf(event.storeAt)
        : clocks.herdTimeOf(event.at, by);
    draft.ended = { atWallMs, end };
  }
  const grants = [...drafts.values()].sort((a, b) => a.grantedWallMs - b.grantedWallMs);
  return grants.map((draft, index) => spanOf(draft, grants[index + 1]?.grantedWallMs, leaseMs));
}

function endIn(event: RunEvent): LeaseEnd | undefined {
  if (event.event === 'commit') return event.outcome === 'accepted' ? 'committed' : undefined;
  if (event.event === 'released') return event.failed ? 'failed' : 'released';
  return event.event === 'lease-lost' ? 'lost' : undefined;
}

function spanOf({ ended, ...draft }: Draft, nextGrantWallMs: WallMs | undefined, leaseMs: number): LeaseSpan {
  if (ended && ended.atWallMs <= (nextGrantWallMs ?? Number.POSITIVE_INFINITY))
    return { ...draft, endedWallMs: ended.atWallMs, end: ended.end };
  const lastTermWallMs = Math.max(draft.grantedWallMs, ...draft.renewedWallMs) + leaseMs;
  if (nextGrantWallMs === undefined) return { ...draft, endedWallMs: lastTermWallMs, end: 'open' };
  return { ...draft, endedWallMs: Math.min(lastTermWallMs, nextGrantWallMs), end: 'ran-out' };
}
