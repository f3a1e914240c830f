import type { Answered } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import { byOrder } from '../evidence.ts';
import type { Check } from './check.ts';

/**
 * Checks that no client reads an older version after anybody got a newer one: each answer is at least as new as the newest
 * that had ended when its request was sent. Answers that were made without the store do not count.
 */
export const monotonicReads: Check = {
  name: 'monotonic reads',
  judge(evidence) {
    const { claim, answered } = evidence;
    if (!claim.monotonic) return undefined;
    const stored = answered.filter(({ degraded }) => !degraded);
    const orders = byOrder(evidence, stored, ({ by = '', sentAt, endedAt }) => ({
      by,
      from: sentAt,
      to: endedAt,
    }));
    const older = orders.map(firstOlderRead).find((found) => found !== undefined);
    const apart =
      orders.length > 1
        ? `, in ${orders.length} orders: ${orders.map(({ length }) => length).join(' and ')}`
        : '';
    return older
      ? passIf(
          false,
          `version ${older.read.version} from ${older.read.by} after ${older.newest} had been answered`,
        )
      : passIf(true, `${stored.length} answers, none older than one before${apart}`);
  },
};

function firstOlderRead(answers: readonly Answered[]): { read: Answered; newest: number } | undefined {
  const byEnd = [...answers].sort((a, b) => a.endedAt - b.endedAt);
  const bySend = [...answers].sort((a, b) => a.sentAt - b.sentAt);
  let newest = 0;
  let ended = 0;
  for (const read of bySend) {
    for (let next = byEnd[ended]; next && next.endedAt < read.sentAt; next = byEnd[++ended]) {
      newest = Math.max(newest, next.version);
    }
    if (read.version < newest) return { read, newest };
  }
  return undefined;
}
