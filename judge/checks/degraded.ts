import type { Answered, Evidence } from '../../faults/support/evidence.ts';
import { knownIf, passIf } from '../../faults/support/finding.ts';
import { mayDegrade } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { STORE_TIMEOUT_MS } from '../../record/settings.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Check } from './check.ts';

/** How long after a stall a process may still take the store for gone: it looks again every 250 ms. */
const AFTER_STALL_MS = 1000;

/**
 * Checks that nobody answers without the store while the store is there. A fault may take it away from everybody, or keep
 * its victim from it. A process that stalled longer than its time-out takes its own silence for the store's: then nobody
 * knows.
 */
export const degraded: Check = {
  name: 'served from the store',
  judge(evidence) {
    const stalledAt = stallsIn(evidence);
    const count = { all: 0, excused: 0, stalled: 0, wrong: 0 };
    let first: Answered | undefined;
    const answers = answersTo((answer) => {
      count.all += 1;
      if (!answer.degraded) return;
      const { by = '', sentAt, endedAt } = answer;
      if (mayDegrade(evidence, by, sentAt, endedAt)) count.excused += 1;
      else if (stalledAt(by, sentAt, endedAt)) count.stalled += 1;
      else {
        count.wrong += 1;
        first ??= answer;
      }
    });
    return together([answers], () => {
      const { all, excused, stalled, wrong } = count;
      if (all === 0) return knownIf(false, 'nobody was answered');
      if (wrong > 0)
        return passIf(
          false,
          `${wrong} of ${all} answers without the store, the first by ${first?.by}; no fault took it away`,
        );
      if (stalled > 0)
        return knownIf(
          false,
          `${stalled} answers without the store, by processes that had stalled for over ${STORE_TIMEOUT_MS} ms`,
        );
      return passIf(
        true,
        excused > 0 ? `${excused} of ${all} answers without it, by the fault` : `all ${all} answers`,
      );
    });
  },
};

/** Gives a test for members that stalled for longer than their time-out shortly before some moments, or between them. */
function stallsIn({ events }: Evidence): (by: string, fromWallMs: WallMs, toWallMs: WallMs) => boolean {
  const stalls = Map.groupBy(
    events.flatMap((event) => (event.event === 'stalled' && event.forMs > STORE_TIMEOUT_MS ? [event] : [])),
    ({ by }) => by,
  );
  return (by, from, to) =>
    (stalls.get(by) ?? []).some(({ at, forMs }) => at - forMs <= to && at + AFTER_STALL_MS >= from);
}
