import { degraded } from '../../judge/checks/degraded.ts';
import { faultAnswered } from '../../judge/checks/fault-answered.ts';
import { injector } from '../../judge/checks/injector.ts';
import { labels } from '../../judge/checks/labels.ts';
import { waits } from '../../judge/checks/waits.ts';
import type { RunRecord, Verdict } from '../../record/result.ts';

/** Unknown, they say that the run showed nothing: its fault missed, or its load was uneven. */
const OF_THE_EVIDENCE = [faultAnswered, injector];
/** Unknown, they say that the machine was too busy. */
const OF_THE_MACHINE = [waits, labels, degraded];

/**
 * Gives the check for which a run is worth repeating, if there is one. A run that failed is not repeated, so that no
 * failure is lost; only a mutant, which must fail, gets another chance to do so for the right reason.
 */
export function whyAgain(record: RunRecord): string | undefined {
  const failed = record.verdict === 'fail';
  if (failed && record.config.ablate === null) return undefined;
  const worthIt = failed ? OF_THE_EVIDENCE : [...OF_THE_EVIDENCE, ...OF_THE_MACHINE];
  return worthIt.find(({ name }) => verdictIn(record, name) === 'unknown')?.name;
}

/** Gives a check's verdict; undefined when the check had nothing to judge. */
export const verdictIn = ({ checks }: Pick<RunRecord, 'checks'>, name: string): Verdict | undefined =>
  checks.find((check) => check.name === name)?.verdict;
