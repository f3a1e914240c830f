import type { Command } from '../cli.ts';
import { judgeRun, runExperiment } from '../experiment.ts';
import { valuesFrom } from '../parameters.ts';
import { progressLine } from '../report/progress.ts';
import type { RunRecord } from '../report/record.ts';
import { summaryOf } from '../report/summary.ts';
import { settingsFrom } from '../settings.ts';

export const EXIT_STATUS = { pass: 0, fail: 1, unknown: 2 } as const;
export const RESULTS = 'results';

/** One run of one strategy, judged. */
export const herd: Command = async (typed, signal) => {
  const settings = settingsFrom(valuesFrom('herd', typed, process.env));
  const progress = progressLine(settings.expiries);
  const { record } = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
    progress.end,
  );
  return report(record);
};

/** A recorded run, judged again. */
export const judge: Command = async (typed) => {
  const { RUN } = valuesFrom('judge', typed, process.env);
  return report((await judgeRun(RUN)).record);
};

function report(record: RunRecord): number {
  console.log(summaryOf(record));
  console.log(`record: ${RESULTS}/${record.run}/result.json (also ${RESULTS}/latest)`);
  return EXIT_STATUS[record.verdict];
}
