import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { extraRecomputesIn } from '../support/lookups.ts';

export const SLOW = { slowShare: 0.2, slowMs: 5000 };

/** Makes one recompute in five take many leases. Renewal keeps it the only one. */
export const slowOrigin: Expectation = {
  name: 'slow-origin',
  summary: 'one recompute in five takes 5 s under a lease of 1 s',
  guard: 'renewal, every third of the lease',
  presets: { TTL: '1s', RECOMPUTE: '300ms', RATE: '100', EXPIRIES: '20', LEASE: '1s' },
  outside: {
    needsProcess: false,
    tolerance: () => ({ extraWaitMs: SLOW.slowMs }),
    verify: (evidence, _timeline, _own, { recomputes }) =>
      heldTo(evidence, recomputes ?? Number.POSITIVE_INFINITY),
  },
  tolerance: () => ({ extraWaitMs: SLOW.slowMs }),
  verify: (evidence) => heldTo(evidence, 1),
};

/** Judges whether some recomputes were slow, and no expiry had more than so many. */
function heldTo(evidence: Evidence, mostPerExpiry: number): Finding {
  const { recomputes, judged, settings } = evidence;
  const slow = recomputes.filter(
    ({ beganWallMs, endedWallMs = 0 }) => endedWallMs - beganWallMs > 3 * settings.leaseMs,
  ).length;
  if (slow === 0 || judged.length === 0)
    return { verdict: 'unknown', detail: 'missed: no recompute was longer than three leases' };
  const most = Math.max(...judged.map((cycle) => cycle.recomputes.length));
  // Another fault of the run may cost a recompute.
  const isHeld = judged.every(
    (cycle) => cycle.recomputes.length <= mostPerExpiry + extraRecomputesIn(evidence, cycle),
  );
  return passIf(isHeld, `${slow} recomputes longer than three leases, at most ${most} an expiry`);
}
