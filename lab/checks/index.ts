import { accounting } from './accounting.ts';
import type { Check, Finding, Verdict } from './check.ts';
import { claim } from './claim.ts';
import { due } from './due.ts';
import type { Evidence } from './evidence.ts';
import { faultAnswered } from './fault-answered.ts';
import { fencing } from './fencing.ts';
import { fewForwarded } from './forwarded.ts';
import { injector } from './injector.ts';
import { monotonicReads } from './monotonic-reads.ts';
import { nonVacuity } from './non-vacuity.ts';
import { oneWaiter } from './one-waiter.ts';
import { staleness } from './staleness.ts';
import { waits } from './waits.ts';
import { woken } from './woken.ts';

/** Every check, in the order of the summary. */
export const checks: readonly Check[] = [
  faultAnswered,
  claim,
  fewForwarded,
  due,
  fencing,
  monotonicReads,
  staleness,
  waits,
  oneWaiter,
  woken,
  accounting,
  injector,
  nonVacuity,
];

export type Judgement = Finding & { readonly name: string };

export const judge = (evidence: Evidence): Judgement[] =>
  checks.flatMap(({ name, judge }) => {
    const finding = judge(evidence);
    return finding ? [{ name, ...finding }] : [];
  });

/** One failure fails the run; short of that, one thing unknown leaves it unknown. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const verdicts = findings.map(({ verdict }) => verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('unknown') || verdicts.length === 0 ? 'unknown' : 'pass';
}
