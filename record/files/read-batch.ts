import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Batch, batchSchema } from '../batch/batch.ts';
import { NoRun, realPathOf } from './read-run.ts';
import { BATCH } from './run-folder.ts';
import { checkJson, readText } from './small-json.ts';

/** A batch has the checks of all its runs. */
const MOST_BYTES = 1 << 26;

/**
 * Reads what lies in a batch's folder; undefined if the folder has no `batch.json`. It may come from a stranger: no link is
 * followed. Throws {@link NoRun} if it cannot be read.
 */
export function readBatch(path: string): Batch | undefined {
  if (!lstatSync(join(path, BATCH), { throwIfNoEntry: false })) return undefined;
  const text = readText(join(realPathOf(path), BATCH), MOST_BYTES);
  if (text === undefined) throw new NoRun(`its ${BATCH} cannot be read`);
  return checkJson(batchSchema, text, (why) => {
    throw new NoRun(`its ${BATCH} is broken: ${why}`);
  });
}
