import { passIf } from '../../faults/support/finding.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { Check } from './check.ts';

const hasFailed = ({ ending }: Arrival) => ending === 'error' || ending === 'timeout';

/** Checks that every request that fell due has ended, and none failed. */
export const accounting: Check = {
  name: 'every request accounted for',
  judge({ arrivals, herd, casualties, tolerance, timeline }) {
    const count = { ok: 0, error: 0, timeout: 0, unsent: 0 };
    for (const { ending, weight = 1 } of arrivals) count[ending] += weight;
    const excused = timeline
      ? arrivals.filter((arrival) => hasFailed(arrival) && tolerance.excuses(arrival, timeline)).length
      : 0;
    const ended = count.ok + count.error + count.timeout + count.unsent;
    const parts = `${count.ok} ok, ${count.error} error, ${count.timeout} timed out, ${count.unsent} unsent`;
    if (casualties.length > 0) return passIf(false, `${casualties.join(', ')} ended by itself; ${parts}`);
    if (ended !== herd.scheduled)
      return passIf(false, `${herd.scheduled} scheduled but ${ended} ended: ${parts}`);
    const failures = count.error + count.timeout;
    const byFault = excused > 0 ? `, ${excused} of them the fault's` : '';
    return passIf(
      failures === excused,
      `${herd.scheduled} scheduled, ${ended} ended, ${failures} failed${byFault}`,
    );
  },
};
