import { faultAnswered } from '../../judge/checks/fault-answered.ts';
import { injector } from '../../judge/checks/injector.ts';
import type { Judged } from '../../judge/index.ts';
import type { RunRecord } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { progressLine } from '../../report/progress.ts';
import { runExperiment } from './experiment.ts';
import { RESULTS } from './results.ts';

/** Where one of these is unknown the run says nothing, whatever else was seen, and is tried again. */
const EVIDENCE = [faultAnswered, injector];
const ATTEMPTS = 3;

/** A run, tried again at most twice where its fault missed or its load was not what it says; each is kept. */
export async function runUntilTold(
  settings: Settings,
  signal: AbortSignal,
  hasTold: (record: RunRecord) => boolean = ({ verdict }) => verdict === 'pass',
): Promise<Judged> {
  for (let attempt = 1; ; attempt++) {
    const progress = progressLine(settings.expiries);
    const run = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
      progress.end,
    );
    const { record } = run;
    console.log(`${record.verdict}: ${RESULTS}/${record.run}`);
    const empty = EVIDENCE.find(({ name }) => verdictIn(record, name) === 'unknown');
    if (hasTold(record) || !empty || attempt === ATTEMPTS) return run;
    console.log(`once more, since ${empty.name} is unknown`);
  }
}

/** What a check found; undefined when it had nothing to judge. */
export const verdictIn = ({ checks }: RunRecord, name: string) =>
  checks.find((check) => check.name === name)?.verdict;
