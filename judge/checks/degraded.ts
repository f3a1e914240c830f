import type { Answered, Evidence } from '../../faults/support/evidence.ts';
import { knownIf, passIf } from '../../faults/support/finding.ts';
import { mayDegrade } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { STORE_TIMEOUT_MS } from '../../record/settings.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { type Span, Spans } from '../waiting/spans.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/** If stalls took so much of a command's time-out, they may be why it timed out. */
const MUCH_OF_TIMEOUT_MS = STORE_TIMEOUT_MS / 2;
/** How long after a stall a process may still take the store for gone: it looks again every 250 ms. */
const AFTER_STALL_MS = 1000;

/**
 * Checks that nobody answers without the store while the store is there. A fault may take it away from everybody, or keep
 * its victim from it. A process that stalled for half of its time-out may take its own silence for the store's, and a
 * machine that was too busy to send the load in time may have kept the store from answering in time: then nobody knows.
 */
export const degraded: Check = {
  name: 'served from the store',
  inside: 'where the service has an answer from',
  judge(evidence) {
    const stalledAt = stallsIn(evidence);
    const pace = keptPace(evidence);
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
    return together([answers, pace], () => {
      const { all, excused, stalled, wrong } = count;
      if (all === 0) return knownIf(false, 'nobody was answered');
      if (wrong > 0) {
        const detail = `${wrong} of ${all} answers without the store, the first by ${first?.by}`;
        return pace.end()?.kept
          ? passIf(false, `${detail}; no fault took it away`)
          : knownIf(false, `${detail}, at an uneven load`);
      }
      if (stalled > 0)
        return knownIf(
          false,
          `${stalled} answers without the store, by processes that had stalled for at least ${MUCH_OF_TIMEOUT_MS} ms`,
        );
      return passIf(
        true,
        excused > 0 ? `${excused} of ${all} answers without it, by the fault` : `all ${all} answers`,
      );
    });
  },
};

/**
 * Gives a test for members that may have stalled a command into its time-out shortly before some moments, or between
 * them.
 */
function stallsIn({ events }: Evidence): (by: string, fromWallMs: WallMs, toWallMs: WallMs) => boolean {
  const stalls = Map.groupBy(
    events.flatMap((event): (Span & { by: string })[] =>
      event.event === 'stalled' ? [{ by: event.by, from: event.at - event.forMs, until: event.at }] : [],
    ),
    ({ by }) => by,
  );
  const doubts = new Map([...stalls].map(([by, spans]) => [by, doubtsAfter(spans)]));
  return (by, from, to) => doubts.get(by)?.meeting(from, to) !== undefined;
}

/**
 * Gives the times in which a process may do without the store since it had stalled. The stalls within a time-out sum to
 * the most where the time-out ends with a stall, or begins with one.
 */
function doubtsAfter(stalls: readonly Span[]): Spans {
  const stalled = new Spans(stalls);
  const timeouts = stalls.flatMap(({ from, until }) => [until, from + STORE_TIMEOUT_MS]);
  return new Spans(
    timeouts
      .filter((end) => stalled.coveredMs(end - STORE_TIMEOUT_MS, end) >= MUCH_OF_TIMEOUT_MS)
      .map((end) => ({ from: end - STORE_TIMEOUT_MS, until: end + AFTER_STALL_MS })),
  );
}
