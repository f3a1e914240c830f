import type { Finding } from '../faults/support/finding.ts';
import { isWitness, letPass, type Witness } from '../faults/support/witness.ts';
import type { Judgement, NotVisible, Verdict } from '../record/result.ts';
import { evidenceIntact } from './checks/evidence-intact.ts';
import { checks } from './checks/index.ts';
import type { Case } from './evidence.ts';

/** Runs every check. */
export function findingsOf(evidence: Case): Judgement[] {
  const checking = checksOn(evidence);
  letPass(evidence.arrivals, [checking]);
  return checking.end();
}

/** Has every check see the arrivals, and gives what they found. On damaged evidence only the damage is a finding. */
export function checksOn(evidence: Case): Witness<Judgement[]> {
  const { damage = [], casualties } = evidence;
  // What is known to be broken is not even looked at: a check need not survive it.
  const chosen = damage.length > 0 || casualties.length > 0 ? [evidenceIntact] : checksOf(evidence);
  const begun = chosen.map(({ name, judge }) => ({ name, ruling: judge(evidence) }));
  const witnesses = begun.flatMap(({ ruling }) => (isWitness(ruling) ? [ruling] : []));
  const findingOf = ({ name, ruling }: (typeof begun)[number]): Judgement[] => {
    const finding: Finding | undefined = isWitness(ruling) ? ruling.end() : ruling;
    return finding ? [{ name, ...finding }] : [];
  };
  return {
    see(arrival) {
      for (const witness of witnesses) witness.see(arrival);
    },
    end() {
      const [intact, ...others] = begun;
      const found = intact ? findingOf(intact) : [];
      return verdictOf(found) === 'pass' ? [...found, ...others.flatMap(findingOf)] : found;
    },
  };
}

/** Gives the checks that can see what they need. */
const checksOf = ({ foreign }: Case) =>
  foreign ? checks.filter(({ inside }) => inside === undefined) : checks;

/** Lists the checks that cannot see what they need, and what that is. */
export const notVisibleIn = ({ foreign }: Case): NotVisible[] =>
  foreign ? checks.flatMap(({ name, inside }) => (inside === undefined ? [] : [{ name, why: inside }])) : [];

/** Gives the verdict on a run: `fail` if a check failed; else `unknown` if one is unknown or there are none; else `pass`. */
export function verdictOf(findings: readonly Pick<Judgement, 'verdict'>[]): Verdict {
  const verdicts = findings.map(({ verdict }) => verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('unknown') || verdicts.length === 0 ? 'unknown' : 'pass';
}
