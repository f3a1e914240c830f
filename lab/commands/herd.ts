import { join } from 'node:path';
import { mutantNamed } from '../../mutants/index.ts';
import { PICTURE } from '../../record/files/run-folder.ts';
import { isForeign, strategyOf } from '../../record/foreign/foreign.ts';
import { parsePromises } from '../../record/foreign/promises.ts';
import type { RunRecord, Verdict } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { runPicture } from '../../report/lanes/run-picture.ts';
import { progressLine } from '../../report/progress.ts';
import { summaryOf } from '../../report/summary.ts';
import { tallyOf } from '../../report/tally.ts';
import { wrapped } from '../../report/wrapped.ts';
import { printLink } from '../boards/link.ts';
import { consoleThatRuns } from '../console/described.ts';
import { EXIT_STATUS, worst } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { runExperiment } from '../run/experiment.ts';
import { judgeFolder } from '../run/recording/judge-folder.ts';
import { readRun } from '../run/recording/read-run.ts';
import { writeReport } from '../run/recording/write-report.ts';
import { RESULTS } from '../run/results.ts';
import type { Command } from './command.ts';
import { faultOnStanding } from './standing-fault.ts';

/** One run of one strategy, judged; or a fault in a cluster that is up already, which is not. */
export const herd: Command = async (invocation, signal, mayTake) => {
  const values = valuesOf(invocation);
  if (values.TARGET === 'up') return faultOnStanding(invocation, values, signal, mayTake);
  const settings = settingsFrom(values);
  for (const line of notTested(settings)) console.log(line);
  const verdicts: Verdict[] = [];
  for (let round = 1; round <= values.REPEAT; round++) {
    if (values.REPEAT > 1) console.log(`\nround ${round} of ${values.REPEAT}`);
    verdicts.push(await runOnce(settings, signal));
  }
  if (values.REPEAT > 1) console.log(`\n${tallyOf(verdicts)}`);
  return worst(verdicts.map((verdict) => EXIT_STATUS[verdict]));
};

/** Says that a healthy run does not show whether a service survives what it promises to. */
function notTested(settings: Settings): string[] {
  if (!isForeign(settings) || settings.fault !== null) return [];
  const { survives } = parsePromises(settings.claim);
  if (survives.length === 0) return [];
  return wrapped(
    'healthy: ',
    `nothing breaks in this run, so it does not show whether your service survives ${survives.join(', ')}. To see that, type make faults in place of make herd`,
  );
}

async function runOnce(settings: Settings, signal: AbortSignal): Promise<Verdict> {
  const progress = progressLine(settings.expiries);
  const fromMs = Date.now();
  const judged = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
    progress.end,
  );
  const toMs = Date.now();
  const { record } = judged;
  const folder = join(RESULTS, record.run);
  report(record, folder);
  console.log(
    wrapped('report: ', `${await writeReport(folder, judged)} (for a chat: ${PICTURE})`).join('\n'),
  );
  const page = consoleThatRuns();
  if (page) console.log(`console: ${page}#run=${record.run}`);
  await printLink({ board: 'herd', fromMs, toMs, strategy: strategyOf(settings), run: record.run });
  return record.verdict;
}

/** A recorded run, judged again. */
export const judge: Command = async (invocation) => {
  const { RUN } = valuesOf(invocation);
  return report((await judgeFolder(RUN)).record, RUN);
};

function report(record: RunRecord, folder: string): number {
  console.log(`\n${runPicture(readRun(folder)).join('\n')}\n`);
  console.log(summaryOf(record, mutantNamed(record.config.ablate)?.difference));
  console.log(
    wrapped('record: ', `${RESULTS}/${record.run}/result.json (also ${RESULTS}/latest)`).join('\n'),
  );
  return EXIT_STATUS[record.verdict];
}
