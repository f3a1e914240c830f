import { passIf } from '../../faults/support/finding.ts';
import { isTouched, wakeLags } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { CLOCKS_UNKNOWN } from '../clocks.ts';
import { Histogram } from '../histogram.ts';
import { mayWaitForAnother } from '../waiting/for-another.ts';
import type { Check } from './check.ts';

/** Far more than a message takes on a busy machine, and well below the median delay of polling every 200 ms. */
const BOUND_MS = 40;
/** With more, the bound would no longer be far below polling. */
const MOST_CLOCK_ERROR_MS = 10;
/** Fewer waiters show nothing: of these, polling every 200 ms brings half within the bound in three runs of a hundred. */
const ENOUGH = 20;

/**
 * Checks that waiters are woken: half of those who wait for another replica's recompute have the value in their own replica
 * soon after the commit. Callers in the recomputing replica do not count: they have it anyway. Where only the first fill makes
 * callers wait, nobody is left to judge once the run is warm, and the check promises nothing.
 */
export const woken: Check = {
  name: 'woken, not polling',
  inside: 'when a waiting replica has the value',
  judge(evidence) {
    const { claim, clockErrorMs } = evidence;
    if (!claim.woken) return undefined;
    const isPromised = claim.waits === 'everyone' && mayWaitForAnother(evidence);
    const comparable = clockErrorMs !== undefined && clockErrorMs <= MOST_CLOCK_ERROR_MS;
    if (!comparable) return isPromised ? CLOCKS_UNKNOWN : undefined;
    const bound = BOUND_MS + clockErrorMs;
    const madeBy = new Map(
      evidence.cycles
        .filter((cycle) => !isTouched(evidence, cycle))
        .flatMap(({ recomputes }) => recomputes.map(({ version, by }) => [version, by] as const)),
    );
    const lagOf = wakeLags(evidence);
    const lags = new Histogram();
    const answers = answersTo((answer) => {
      const lag = lagOf(answer, 'replica');
      if (lag === undefined) return;
      const maker = madeBy.get(answer.version);
      if (maker !== undefined && maker !== answer.by) lags.record(lag);
    });
    return together([answers], () => {
      if (lags.count < ENOUGH)
        return isPromised
          ? {
              verdict: 'unknown',
              detail: `${lags.count} waited for another replica, once warm; ${ENOUGH} show it`,
            }
          : undefined;
      const p50 = lags.atShare(0.5);
      return passIf(
        p50 <= bound,
        `half of ${lags.count} within ${p50.toFixed(1)} ms; bound ${bound.toFixed(0)} ms`,
      );
    });
  },
};
