import { join } from 'node:path';
import type { Judged } from '../../judge/index.ts';
import type { RunRecord } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { progressLine } from '../../report/progress.ts';
import { runExperiment } from './experiment.ts';
import { writeReport } from './recording/write-report.ts';
import { RESULTS } from './results.ts';
import { whyAgain } from './why-again.ts';

const ATTEMPTS = 3;

/** The last run, and how many there were. All but the last showed nothing: tables count them as unknown. */
export type Attempted<Run = Judged> = Run & { readonly attempts: number };

/** Runs an experiment, and repeats it at most twice if its fault missed or the machine was too busy. Keeps every run's folder. */
export const runUntilConclusive = (
  settings: Settings,
  signal: AbortSignal,
  isConclusive: (record: RunRecord) => boolean = ({ verdict }) => verdict === 'pass',
): Promise<Attempted> =>
  untilConclusive(async () => {
    const progress = progressLine(settings.expiries);
    const run = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
      progress.end,
    );
    console.log(`${run.record.verdict}: ${RESULTS}/${run.record.run}`);
    return run;
  }, isConclusive);

/** Runs an experiment as {@link runUntilConclusive} does, and draws the report of its last run. */
export async function runAndReport(...experiment: Parameters<typeof runUntilConclusive>): Promise<Attempted> {
  const run = await runUntilConclusive(...experiment);
  await writeReport(join(RESULTS, run.record.run), run);
  return run;
}

/** Repeats a run as {@link runUntilConclusive} does, and counts. */
export async function untilConclusive<Run extends Pick<Judged, 'record'>>(
  runOnce: () => Promise<Run>,
  isConclusive: (record: RunRecord) => boolean,
): Promise<Attempted<Run>> {
  for (let attempts = 1; ; attempts++) {
    const run = await runOnce();
    const why = isConclusive(run.record) ? undefined : whyAgain(run.record);
    if (why === undefined || attempts === ATTEMPTS) return { ...run, attempts };
    console.log(`once more, since ${why} is unknown`);
  }
}
