import type { Commit } from '../faults/support/evidence.ts';
import { storedWallMs } from '../faults/support/lookups.ts';
import type { Arrival } from '../record/arrival.ts';
import type { History } from '../record/facts.ts';

/** Requests that share one answer end one after another; a longer gap between two of them is not possible. */
const SHARED_WITHIN_MS = 60_000;

/**
 * Corrects how the arrivals behind a proxy were served. A proxy gives many requests the answer to one that it forwarded, so
 * that all of them say, for example, `recomputed`. The forwarded request is the first sent of those with this answer that
 * the proxy marks as forwarded. The others had the answer from the proxy: they waited if they were sent before the value
 * was stored, else they hit. Reads the history twice.
 */
export function outcomesOf(history: History, commits: readonly Commit[]): History {
  const storedAt = storedWallMs(commits);
  return {
    *[Symbol.iterator]() {
      const shared = sharedAnswersIn(history);
      let index = 0;
      for (const arrival of history) {
        const { via, cache, version = 0 } = arrival;
        const forwarded = cache === 'fwd' && (shared.get(answerOf(arrival)) ?? index) === index;
        index += 1;
        if (!via || cache === 'stale' || forwarded) yield arrival;
        else {
          const waited = sentAtOf(arrival) < (storedAt.get(version) ?? Number.NEGATIVE_INFINITY);
          // Its time is that of the forwarded request.
          const { tookMs: _, ...rest } = arrival;
          yield { ...rest, cache: 'hit', served: waited ? 'waited' : 'hit' };
        }
      }
    },
    get isSealed() {
      return history.isSealed ?? false;
    },
    get damage() {
      return history.damage;
    },
  };
}

/**
 * Gives, for each answer that several requests had as forwarded, the index of the one that was sent first. There are a
 * few such answers per expiry. An answer that one request alone had is forgotten once nobody else can have it any more.
 */
function sharedAnswersIn(history: History): ReadonlyMap<string, number> {
  const shared = new Map<string, number>();
  const recent = new Map<
    string,
    { readonly index: number; readonly sentAt: number; readonly seenAt: number }
  >();
  let index = -1;
  for (const arrival of history) {
    index += 1;
    if (arrival.cache !== 'fwd') continue;
    const answer = answerOf(arrival);
    const [sentAt, seenAt] = [sentAtOf(arrival), arrival.endedAt ?? 0];
    const known = recent.get(answer);
    const first = known && known.sentAt <= sentAt ? known : { index, sentAt };
    if (known) shared.set(answer, first.index);
    // Put in again, so that the map is in the order in which the answers were last seen.
    recent.delete(answer);
    recent.set(answer, { ...first, seenAt });
    for (const [oldest, last] of recent) {
      if (seenAt - last.seenAt <= SHARED_WITHIN_MS) break;
      recent.delete(oldest);
    }
  }
  return shared;
}

const answerOf = ({ via, by, version, answeredAt }: Arrival) => `${via} ${by} ${version} ${answeredAt}`;
const sentAtOf = ({ sentAt = 0 }: Arrival) => sentAt;
