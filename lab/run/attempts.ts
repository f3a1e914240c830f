import { faultAnswered } from '../../judge/checks/fault-answered.ts';
import { injector } from '../../judge/checks/injector.ts';
import type { Judged } from '../../judge/index.ts';
import type { RunRecord } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { progressLine } from '../../report/progress.ts';
import { runExperiment } from './experiment.ts';
import { RESULTS } from './results.ts';

/** A run in which one of these checks is unknown shows nothing; it is repeated. */
const EVIDENCE = [faultAnswered, injector];
const ATTEMPTS = 3;

/** Runs an experiment, and repeats it at most twice if its fault missed or its load was uneven. Keeps every run's folder. */
export async function runUntilConclusive(
  settings: Settings,
  signal: AbortSignal,
  isConclusive: (record: RunRecord) => boolean = ({ verdict }) => verdict === 'pass',
): Promise<Judged> {
  for (let attempt = 1; ; attempt++) {
    const progress = progressLine(settings.expiries);
    const run = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
      progress.end,
    );
    const { record } = run;
    console.log(`${record.verdict}: ${RESULTS}/${record.run}`);
    const empty = EVIDENCE.find(({ name }) => verdictIn(record, name) === 'unknown');
    if (isConclusive(record) || !empty || attempt === ATTEMPTS) return run;
    console.log(`once more, since ${empty.name} is unknown`);
  }
}

/** Gives a check's verdict; undefined when the check had nothing to judge. */
export const verdictIn = ({ checks }: RunRecord, name: string) =>
  checks.find((check) => check.name === name)?.verdict;
