import { join } from 'node:path';
import type { Judged } from '../../../judge/index.ts';
import { JUNIT, REPORT, SUMMARY, writeDrawn } from '../../../record/files/run-folder.ts';
import { junitOf } from '../../../report/ci/junit.ts';
import { markdownOf } from '../../../report/ci/markdown.ts';
import { runPicture } from '../../../report/lanes/run-picture.ts';
import { readRun } from './read-run.ts';

/**
 * Writes the report of a judged run into its folder, for people and for CI. Gives the path of the page. Reads the run's requests
 * again.
 */
export async function writeReport(folder: string, judged: Judged): Promise<string> {
  // The library that draws takes a third of a second to load, which only a report is worth.
  const { runReport } = await import('../../../report/html/run-report.ts');
  const run = readRun(folder);
  await writeDrawn(folder, REPORT, runReport(judged, run));
  await writeDrawn(folder, JUNIT, junitOf(judged.record));
  await writeDrawn(folder, SUMMARY, markdownOf(judged.record, runPicture(run)));
  return join(folder, REPORT);
}
