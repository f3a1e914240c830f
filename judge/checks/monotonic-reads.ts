import type { Answered } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { orderIn } from '../evidence.ts';
import type { Check } from './check.ts';

/**
 * Checks that no client reads an older version after anybody got a newer one: each answer is at least as new as the newest
 * that had ended when its request was sent. Answers that were made without the store do not count. Answers that are all of
 * one version have no order.
 */
export const monotonicReads: Check = {
  name: 'monotonic reads',
  judge(evidence) {
    if (!evidence.claim.monotonic) return undefined;
    const orders = new Map<string, OrderOfReads>();
    let stored = 0;
    let lastEndedAt = 0;
    let inOrder = true;
    const answers = answersTo((answer) => {
      const { degraded, by = '', sentAt, endedAt } = answer;
      inOrder &&= endedAt >= lastEndedAt;
      lastEndedAt = endedAt;
      if (degraded) return;
      stored += 1;
      const order = orderIn(evidence, by, sentAt, endedAt);
      if (order === undefined) return;
      const reads = orders.get(order) ?? new OrderOfReads();
      orders.set(order, reads);
      reads.add(answer);
    });
    return together([answers], () => {
      if (!inOrder)
        return { verdict: 'unknown', detail: 'the answers are not in the order of their endings' };
      const all = [...orders.values()];
      const older = all.map(({ firstOlder }) => firstOlder).find((found) => found !== undefined);
      if (older) {
        const { version, by } = older.read;
        return passIf(false, `version ${version} from ${by} after ${older.newest} had been answered`);
      }
      if (!all.some(({ versions }) => versions > 1))
        return { verdict: 'unknown', detail: `${stored} answers: no order of values saw two versions` };
      const apart =
        all.length > 1 ? `, in ${all.length} orders: ${all.map(({ count }) => count).join(' and ')}` : '';
      return passIf(true, `${stored} answers, none older than one before${apart}`);
    });
  },
};

/** The answers of one order, which come in the order of their endings. Keeps the moments at which the newest version rose. */
class OrderOfReads {
  readonly #roseAt: WallMs[] = [];
  readonly #roseTo: number[] = [];
  count = 0;
  /** Of all answers that are too old, the one that was sent first. */
  firstOlder: { readonly read: Answered; readonly newest: number } | undefined;

  /** How many versions were answered, each newer than those before. */
  get versions(): number {
    return this.#roseTo.length;
  }

  add(read: Answered): void {
    this.count += 1;
    const newest = this.#newestBefore(read.sentAt);
    if (read.version < newest && read.sentAt < (this.firstOlder?.read.sentAt ?? Number.POSITIVE_INFINITY))
      this.firstOlder = { read, newest };
    if (read.version > (this.#roseTo.at(-1) ?? 0)) {
      this.#roseAt.push(read.endedAt);
      this.#roseTo.push(read.version);
    }
  }

  /** Gives the newest version of the answers that had ended before the moment; 0 if there was none. */
  #newestBefore(wallMs: WallMs): number {
    const roseAt = this.#roseAt;
    let [low, high] = [0, roseAt.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((roseAt[middle] as WallMs) < wallMs) low = middle + 1;
      else high = middle;
    }
    return this.#roseTo[low - 1] ?? 0;
  }
}
