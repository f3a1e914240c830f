import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Judged, judge } from '../../judge/index.ts';
import { readRun } from './read-run.ts';

/** Judges what lies in a run's folder, and writes the record there. Throws {@link UsageError} when it is none. */
export async function judgeFolder(folder: string): Promise<Judged> {
  const judged = judge(await readRun(folder));
  await writeFile(join(folder, 'result.json'), `${JSON.stringify(judged.record, null, 2)}\n`);
  return judged;
}
