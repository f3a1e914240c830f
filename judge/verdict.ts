import type { Judgement, Verdict } from '../record/result.ts';
import { checks } from './checks/index.ts';
import type { Case } from './evidence.ts';

/** Asks every check. */
export const findingsOf = (evidence: Case): Judgement[] =>
  checks.flatMap(({ name, judge }) => {
    const finding = judge(evidence);
    return finding ? [{ name, ...finding }] : [];
  });

/** One failure fails the run; short of that, one thing unknown leaves it unknown. */
export function verdictOf(findings: readonly Pick<Judgement, 'verdict'>[]): Verdict {
  const verdicts = findings.map(({ verdict }) => verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('unknown') || verdicts.length === 0 ? 'unknown' : 'pass';
}
