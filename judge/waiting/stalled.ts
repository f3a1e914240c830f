import type { Evidence } from '../../faults/support/evidence.ts';
import type { Stalled } from '../../record/facts.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { type Span, Spans } from './spans.ts';

/** Tells how much of a time a stall explains, for an answer of this replica. In ms. */
type Explained = (by: string | undefined, fromMs: WallMs, untilMs: WallMs) => number;

/**
 * Gives how much of a request's time a recorded stall explains. At the replica only its own stalls do; at the client also the
 * herd's. A stall explains the time that it lasted, and as much after it: whatever piled up is worked off by then.
 */
export function stalledTime({
  events,
  herd,
}: Pick<Evidence, 'events' | 'herd'>): Readonly<Record<'client' | 'replica', Explained>> {
  const byMember = new Map<string, Span[]>();
  for (const event of events) {
    if (event.event !== 'stalled') continue;
    const known = byMember.get(event.by);
    if (known) known.push(spanOf(event));
    else byMember.set(event.by, [spanOf(event)]);
  }
  const explainedWith = (also: readonly Span[]): Explained => {
    const spans = new Map([...byMember].map(([by, own]) => [by, new Spans([...also, ...own])]));
    const others = new Spans(also);
    return (by, fromMs, untilMs) =>
      ((by !== undefined && spans.get(by)) || others).coveredMs(fromMs, untilMs);
  };
  return { client: explainedWith((herd.stalls ?? []).map(spanOf)), replica: explainedWith([]) };
}

const spanOf = ({ at, forMs }: Stalled): Span => ({ from: at - forMs, until: at + forMs });
