import type { Answered } from '../../faults/support/evidence.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import type { Case } from '../evidence.ts';
import { stalledTime } from '../waiting/stalled.ts';

/** How long after the end of a recompute its process may still take callers in: the reply is on its way, or being read. */
const HANDED_OUT_WITHIN_MS = 100;

/**
 * Gives a test for answers without the store: did their own process make the version, by the origin's ledger, and was the
 * caller there by then? A recompute ends for its callers when the attempt to store its value has ended too. A process
 * that stalled meanwhile takes callers in for that much longer.
 */
export function madeForCallers(evidence: Case): (answer: Answered) => boolean {
  const { recomputes, events, settings, clockErrorMs = 0 } = evidence;
  const ends = new Map<string, number>();
  const idOf = (by: string | undefined, version: number) => `${version} ${by}`;
  for (const { by, version, endedWallMs } of recomputes)
    if (endedWallMs !== undefined) ends.set(idOf(by, version), endedWallMs);
  for (const event of events) {
    if (event.event !== 'commit' || event.key !== settings.key) continue;
    const id = idOf(event.by, event.version);
    const end = ends.get(id);
    if (end !== undefined) ends.set(id, Math.max(end, event.at));
  }
  const slackMs = HANDED_OUT_WITHIN_MS + CLOCK_SLACK_MS + clockErrorMs;
  const stalled = stalledTime(evidence);
  return ({ by, version, sentAt }) => {
    const end = ends.get(idOf(by, version));
    if (end === undefined) return false;
    const lateMs = sentAt - end - slackMs;
    return lateMs <= 0 || lateMs <= stalled.replica(by, end, sentAt);
  };
}
