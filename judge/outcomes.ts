import type { Commit } from '../faults/support/evidence.ts';
import type { Arrival } from '../record/arrival.ts';

/**
 * Corrects how the arrivals behind a proxy were served. A proxy gives many requests the answer to one that it forwarded, so
 * that all of them say, for example, `recomputed`. The forwarded request is the first sent of those with this answer that
 * the proxy marks as forwarded. The others had the answer from the proxy: they waited if they were sent before the value
 * was stored, else they hit.
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
