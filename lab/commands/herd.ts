import type { Command } from '../cli.ts';
import { judgeRun, runExperiment } from '../experiment.ts';
import { valuesFrom } from '../parameters.ts';
import { progressLine } from '../report/progress.ts';
import type { RunRecord } from '../report/record.ts';
import { summaryOf, wrapped } from '../report/summary.ts';
import { type Settings, settingsFrom } from '../settings.ts';

export const EXIT_STATUS = { pass: 0, fail: 1, unknown: 2 } as const;
export const RESULTS = 'results';

/** One run of one strategy, judged. */
export const herd: Command = async (typed, signal) => {
  const values = valuesFrom('herd', typed, process.env);
  const settings = settingsFrom(values);
  const statuses: number[] = [];
  for (let round = 1; round <= values.REPEAT; round++) {
    if (values.REPEAT > 1) console.log(`\nround ${round} of ${values.REPEAT}`);
    statuses.push(await runOnce(settings, signal));
  }
  if (values.REPEAT > 1) console.log(`\n${tally(statuses)}`);
  return worst(statuses);
};

async function runOnce(settings: Settings, signal: AbortSignal): Promise<number> {
  const progress = progressLine(settings.expiries);
  const { record } = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
    progress.end,
  );
  return report(record);
}

/** How many rounds ended how. */
const tally = (statuses: readonly number[]): string =>
  Object.entries(EXIT_STATUS)
    .map(([verdict, status]) => `${statuses.filter((other) => other === status).length} ${verdict}`)
    .join(', ');

/** A failure outweighs what is unknown. */
export const worst = (statuses: readonly number[]): number =>
  [EXIT_STATUS.fail, EXIT_STATUS.unknown].find((status) => statuses.includes(status)) ?? EXIT_STATUS.pass;

/** A recorded run, judged again. */
export const judge: Command = async (typed) => {
  const { RUN } = valuesFrom('judge', typed, process.env);
  return report((await judgeRun(RUN)).record);
};

function report(record: RunRecord): number {
  console.log(summaryOf(record));
  console.log(
    wrapped('record: ', `${RESULTS}/${record.run}/result.json (also ${RESULTS}/latest)`).join('\n'),
  );
  return EXIT_STATUS[record.verdict];
}
