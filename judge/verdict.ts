import type { Judgement, Verdict } from '../record/result.ts';
import { checks } from './checks/index.ts';
import type { Case } from './evidence.ts';

/** Runs every check. */
export const findingsOf = (evidence: Case): Judgement[] =>
  checks.flatMap(({ name, judge }) => {
    const finding = judge(evidence);
    return finding ? [{ name, ...finding }] : [];
  });

/** Gives the verdict on a run: `fail` if a check failed; else `unknown` if one is unknown or there are none; else `pass`. */
export function verdictOf(findings: readonly Pick<Judgement, 'verdict'>[]): Verdict {
  const verdicts = findings.map(({ verdict }) => verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('unknown') || verdicts.length === 0 ? 'unknown' : 'pass';
}
