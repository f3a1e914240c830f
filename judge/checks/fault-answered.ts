import type { FaultFinding } from '../../faults/support/answers/deadline.ts';
import type { Expectation } from '../../faults/support/expectation.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { isWitness, together } from '../../faults/support/witness.ts';
import { gravest } from '../waiting/clock-says.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/**
 * Checks that the fault hit its victim and the guard answered it. A fault that missed proves nothing. Nor does a deadline
 * that was missed by little while the load did not keep its pace.
 */
export const faultAnswered: Check = {
  name: 'fault hit and answered',
  judge(evidence) {
    const { faults, struck } = evidence;
    if (faults.length === 0) return undefined;
    const rulings = faults.map((fault) => {
      const blow = struck.find(({ timeline }) => timeline.fault === fault.name);
      return blow ? fault.verify(evidence, blow.timeline, blow.tolerance) : NEVER_INJECTED;
    });
    const pace = keptPace(evidence);
    return together([...rulings.filter(isWitness), pace], () => {
      const paceKept = pace.end()?.kept ?? false;
      const [first = NEVER_INJECTED, ...others] = rulings.map((ruling) =>
        findingFrom(isWitness(ruling) ? ruling.end() : ruling, paceKept),
      );
      return others.length === 0 ? first : ofSeveral(faults, [first, ...others]);
    });
  },
};

const NEVER_INJECTED: Finding = { verdict: 'unknown', detail: 'the fault was never injected' };

const ofSeveral = (faults: readonly Expectation[], findings: readonly [Finding, ...Finding[]]): Finding => ({
  ...gravest(findings),
  detail: findings.map(({ detail }, index) => `${faults[index]?.name}: ${detail}`).join('; '),
});

const findingFrom = ({ verdict, detail, isNearMiss }: FaultFinding, paceKept: boolean): Finding =>
  isNearMiss && !paceKept
    ? { verdict: 'unknown', detail: `${detail}, at an uneven load` }
    : { verdict, detail };
