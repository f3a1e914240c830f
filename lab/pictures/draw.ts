import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judge } from '../../judge/index.ts';
import { runSheet } from '../../report/picture/run-sheet.ts';
import { type Sheet, svgFile } from '../../report/picture/svg-file.ts';
import { twoRunsSheet } from '../../report/picture/two-runs.ts';
import { readRun } from '../run/recording/read-run.ts';
import type { Shown } from './shown.ts';

/** Draws the pictures of the docs from the folders of their runs, as SVG files into a folder. */
export async function drawPictures(folders: Readonly<Record<Shown, string>>, into: string): Promise<void> {
  const sheets = {
    'dogpile.svg': twoRunsSheet([
      { run: readRun(folders.none), words: 'each request recomputes it' },
      { run: readRun(folders.lock), words: 'one recomputes it, the others wait' },
    ]),
    'expiry.svg': sheetOf(folders.lock),
    'frozen-holder.svg': sheetOf(folders.frozenHolder),
  };
  for (const [name, sheet] of Object.entries(sheets)) await writeFile(join(into, name), svgFile(sheet));
}

function sheetOf(folder: string): Sheet {
  const run = readRun(folder);
  return runSheet(judge(run), run);
}
