import { type Judged, judge } from '../../../judge/index.ts';
import { writeResult } from '../../../record/files/run-folder.ts';
import { readRun } from './read-run.ts';

/** Judges what lies in a run's folder, and writes the record there. Throws {@link UsageError} when it is none. */
export async function judgeFolder(folder: string): Promise<Judged> {
  const judged = judge(readRun(folder));
  await writeResult(folder, judged.record);
  return judged;
}
