import { resolve } from 'node:path';
import { wrapped } from '../../report/wrapped.ts';
import { openPage } from '../open-page.ts';
import { valuesOf } from '../parameters/values.ts';
import { batchIn, drawBatch } from '../run/recording/batch-folder.ts';
import { judgeFolder } from '../run/recording/judge-folder.ts';
import { writeReport } from '../run/recording/write-report.ts';
import type { Command } from './command.ts';

/** Writes the report of a recorded run, or of several that one command made, anew, prints its path, and opens it where somebody can see it. */
export const report: Command = async (invocation) => {
  const { RUN } = valuesOf(invocation);
  const batch = batchIn(RUN);
  const path = batch ? await drawBatch(RUN, batch) : await writeReport(RUN, await judgeFolder(RUN));
  console.log(wrapped('report: ', path).join('\n'));
  openPage(resolve(path));
  return 0;
};
