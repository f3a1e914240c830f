import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../../record/batch/batch.ts';
import { readBatch } from '../../../record/files/read-batch.ts';
import { NoRun } from '../../../record/files/read-run.ts';
import {
  createFolder,
  JUNIT,
  REPORT,
  SUMMARY,
  writeBatchFile,
  writeDrawn,
} from '../../../record/files/run-folder.ts';
import { wrapped } from '../../../report/wrapped.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import { type Invocation, typedCommand } from '../../parameters/values.ts';
import { RESULTS } from '../results.ts';
import { timestamp } from '../timestamp.ts';

/** What a command adds to {@link openBatch}'s part of `batch.json`. */
type Shown<B> = B extends Batch ? Omit<B, 'schema' | 'batch' | 'command' | 'planned' | 'host'> : never;

/** The folder of a batch. It is created when there is something to write. */
export interface OpenBatch {
  /** Writes what is known by now, and the report of it. Gives the folder. */
  write(shown: Shown<Batch>): Promise<string>;
}

/**
 * Does what a command does that makes several runs, and prints where its report is, also after it was ended early. `planned`:
 * how many rows it will have.
 */
export async function inBatch<T>(
  invocation: Invocation,
  planned: number,
  make: (batch: OpenBatch) => Promise<T>,
): Promise<T> {
  const name = `${timestamp(new Date())}-${invocation.command}`;
  const head = {
    schema: 1 as const,
    ...{ planned, command: typedCommand(invocation) },
    host: { cpus: cpus().length, node: process.version },
  };
  let batch: string | undefined;
  let page: string | undefined;
  const write: OpenBatch['write'] = async (shown) => {
    batch ??= await createFolder(RESULTS, name);
    const folder = join(RESULTS, batch);
    const whole: Batch = { ...head, batch, ...shown };
    await writeBatchFile(folder, whole);
    page = await drawBatch(folder, whole);
    return folder;
  };
  try {
    return await make({ write });
  } finally {
    if (page !== undefined) console.log(wrapped('report: ', page).join('\n'));
  }
}

/** Draws the report of a batch into its folder, for people and for CI. Gives the path of the page. */
export async function drawBatch(folder: string, batch: Batch): Promise<string> {
  // The library that draws takes a third of a second to load, which only a report is worth.
  const { batchReport } = await import('../../../report/html/batch-report.ts');
  const { batchJunit, batchMarkdown } = await import('../../../report/ci/batch.ts');
  await writeDrawn(folder, REPORT, batchReport(batch));
  await writeDrawn(folder, JUNIT, batchJunit(batch));
  await writeDrawn(folder, SUMMARY, batchMarkdown(batch));
  return join(folder, REPORT);
}

/** Reads a batch's folder; undefined if it is none. Throws {@link UsageError} if it is one that cannot be read. */
export function batchIn(folder: string): Batch | undefined {
  try {
    return readBatch(folder);
  } catch (error) {
    if (!(error instanceof NoRun)) throw error;
    throw new UsageError(
      `${folder} cannot be drawn: ${error.message}. Allowed: a folder below results. Type: make report RUN=results/latest`,
    );
  }
}
