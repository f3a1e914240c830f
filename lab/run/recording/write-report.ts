import { join } from 'node:path';
import type { Judged } from '../../../judge/index.ts';
import type { RunData } from '../../../record/facts.ts';
import { JUNIT, PICTURE, REPORT, SUMMARY, writeDrawn } from '../../../record/files/run-folder.ts';
import { junitOf } from '../../../report/ci/junit.ts';
import { markdownOf } from '../../../report/ci/markdown.ts';
import { runPicture } from '../../../report/lanes/run-picture.ts';
import { wrapped } from '../../../report/wrapped.ts';
import { readRun } from './read-run.ts';

/**
 * Writes the report of a judged run into its folder: for people, for chats and for CI. Gives the path of the page. Reads the run's
 * requests again.
 */
export async function writeReport(folder: string, judged: Judged): Promise<string> {
  // The library that draws takes a third of a second to load, which only a report is worth.
  const { runReport } = await import('../../../report/html/run-report.ts');
  const run = readRun(folder);
  await writeDrawn(folder, REPORT, runReport(judged, run));
  await writePicture(folder, judged, run);
  await writeDrawn(folder, JUNIT, junitOf(judged.record));
  await writeDrawn(folder, SUMMARY, markdownOf(judged.record, runPicture(run)));
  return join(folder, REPORT);
}

/** Draws the picture. It needs a native library; without that a run is worth no less, so that only a line says so. */
async function writePicture(folder: string, judged: Judged, run: RunData): Promise<void> {
  try {
    const { pngOf } = await import('../../../report/picture/png.ts');
    const { runSheet } = await import('../../../report/picture/run-sheet.ts');
    await writeDrawn(folder, PICTURE, pngOf(runSheet(judged, run)));
  } catch (error) {
    console.error(wrapped('', `${PICTURE} could not be drawn: ${(error as Error).message}`).join('\n'));
  }
}
