import type { FaultFinding } from '../../faults/support/answers/deadline.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { isWitness, together } from '../../faults/support/witness.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/**
 * Checks that the fault hit its victim and the guard answered it. A fault that missed proves nothing. Nor does a deadline
 * that was missed by little while the load did not keep its pace.
 */
export const faultAnswered: Check = {
  name: 'fault hit and answered',
  judge(evidence) {
    const { fault, timeline } = evidence;
    if (!fault) return undefined;
    if (!timeline) return { verdict: 'unknown', detail: 'the fault was never injected' };
    const ruling = fault.verify(evidence, timeline);
    const pace = keptPace(evidence);
    if (!isWitness(ruling)) return findingFrom(ruling, true);
    return together([ruling, pace], () => findingFrom(ruling.end(), pace.end()?.kept ?? false));
  },
};

const findingFrom = ({ verdict, detail, isNearMiss }: FaultFinding, paceKept: boolean): Finding =>
  isNearMiss && !paceKept
    ? { verdict: 'unknown', detail: `${detail}, at an uneven load` }
    : { verdict, detail };
