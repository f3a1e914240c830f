import type { Commit } from '../faults/support/evidence.ts';
import type { Arrival } from '../record/arrival.ts';

/**
 * The arrivals with how those behind a proxy were served, as told by the record. A proxy gives many the answer that one was
 * given, in whose words it says `recomputed`. That one is the first that was sent of all who bear it and are said to have
 * been forwarded; the others took it from the proxy, and whoever was sent before the value was stored waited for it.
 */
export function outcomesOf(arrivals: readonly Arrival[], commits: readonly Commit[]): readonly Arrival[] {
  if (!arrivals.some(({ via }) => via)) return arrivals;
  const storedAt = new Map(
    commits.filter(({ accepted }) => accepted).map(({ version, atWallMs }) => [version, atWallMs]),
  );
  const forwarded = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    if (arrival.cache !== 'fwd') continue;
    const first = forwarded.get(answerOf(arrival));
    if (!first || sentAtOf(arrival) < sentAtOf(first)) forwarded.set(answerOf(arrival), arrival);
  }
  return arrivals.map((arrival) => {
    const { via, cache, version = 0 } = arrival;
    if (!via || cache === 'stale' || forwarded.get(answerOf(arrival)) === arrival) return arrival;
    const waited = sentAtOf(arrival) < (storedAt.get(version) ?? Number.NEGATIVE_INFINITY);
    return { ...arrival, cache: 'hit', served: waited ? 'waited' : 'hit' };
  });
}

const answerOf = ({ via, by, version, answeredAt }: Arrival) => `${via} ${by} ${version} ${answeredAt}`;
const sentAtOf = ({ sentAt = 0 }: Arrival) => sentAt;
