import type { Evidence } from '../../faults/support/evidence.ts';
import { type Finding, passIf } from '../../faults/support/finding.ts';
import { hasFailed, together, type Witness } from '../../faults/support/witness.ts';
import type { Arrival } from '../../record/arrival.ts';
import { heldBackBy, whyQueueGrows } from '../load/queue.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/**
 * Checks that every request that fell due has ended, and none failed. A request that was unsent because the strategy's
 * questions queue at the origin has failed too.
 */
export const accounting: Check = {
  name: 'every request accounted for',
  judge(evidence) {
    const endings = endingsSeen(evidence);
    const pace = keptPace(evidence);
    return together([endings, pace], () => findingFrom(evidence, endings.end(), pace.end()?.kept ?? false));
  },
};

function findingFrom(
  evidence: Evidence,
  { ok, error, timeout, unsent, excused, heldBack }: Endings,
  paceKept: boolean,
): Finding {
  const { scheduled } = evidence.herd;
  if (scheduled === 0 && ok + error + timeout + unsent === 0)
    return { verdict: 'unknown', detail: 'no request fell due' };
  const ended = ok + error + timeout + unsent;
  if (ended !== scheduled)
    return passIf(
      false,
      `${scheduled} scheduled but ${ended} ended: ${ok} ok, ${error} error, ${timeout} timed out, ${unsent} unsent`,
    );
  const failures = error + timeout;
  const byFault = excused > 0 ? `, ${excused} of them the fault's` : '';
  const held = heldBack > 0 ? `, ${heldBack} unsent while the origin's queue held all connections` : '';
  const detail = `${scheduled} scheduled, ${ended} ended, ${failures} failed${byFault}${held}`;
  if (failures === excused && heldBack === 0) return passIf(true, detail);
  // Arrivals in bursts may fill all connections, where even ones would not.
  if (failures === excused && !paceKept)
    return { verdict: 'unknown', detail: `${detail}, at an uneven load` };
  const why = whyQueueGrows(evidence);
  return passIf(false, why ? `${detail}; ${why}` : detail);
}

/** How the requests ended; how many failures the fault excuses, and how many were unsent by the strategy's own fault. */
interface Endings {
  readonly ok: number;
  readonly error: number;
  readonly timeout: number;
  readonly unsent: number;
  readonly excused: number;
  readonly heldBack: number;
}

function endingsSeen(evidence: Evidence): Witness<Endings> {
  const { struck } = evidence;
  const isExcused = (arrival: Arrival) =>
    hasFailed(arrival) &&
    struck.some(({ tolerance, timeline }) => tolerance.excuses(arrival, timeline, evidence));
  const isHeldBack = heldBackBy(evidence);
  const count = { ok: 0, error: 0, timeout: 0, unsent: 0, excused: 0, heldBack: 0 };
  return {
    see(arrival) {
      count[arrival.ending] += 1;
      if (isExcused(arrival)) count.excused += 1;
      if (isHeldBack(arrival)) count.heldBack += 1;
    },
    end: () => count,
  };
}
