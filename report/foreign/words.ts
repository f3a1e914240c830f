import type { BehavesLike, RunRecord } from '../../record/result.ts';

/** Names the strategies that a service behaves like. */
export const namesOf = ({ names }: BehavesLike): string =>
  names.length === 0 ? 'nobody can say' : names.join(' or ');

/** Says how it is known which version each recompute replaced. */
export const WORDS_FOR: Readonly<Record<NonNullable<RunRecord['attribution']>, string>> = {
  ledger: 'the version that the service says it replaces',
  answers: 'the newest version that each replica had answered with',
  both: 'the version that the service says it replaces; else the newest that the replica had answered with',
};
