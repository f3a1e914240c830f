import { join } from 'node:path';
import type { Judged } from '../../../judge/index.ts';
import { REPORT, writeReportPage } from '../../../record/files/run-folder.ts';
import { readRun } from './read-run.ts';

/** Writes the report of a judged run into its folder, and gives its path. Reads the run's requests again. */
export async function writeReport(folder: string, judged: Judged): Promise<string> {
  // The library that draws takes a third of a second to load, which only a report is worth.
  const { runReport } = await import('../../../report/html/run-report.ts');
  await writeReportPage(folder, runReport(judged, readRun(folder)));
  return join(folder, REPORT);
}
