import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { FileSeal, RunEnd, RunStart } from '../run.ts';
import { writeWhole } from './own-file.ts';

export const RUN = 'run.json';
export const FACTS = 'facts.json';
export const RESULT = 'result.json';
/** The picture of the run for people: one page that needs nothing else. */
export const REPORT = 'report.html';
/** One expiry of the run as a picture for chats. */
export const PICTURE = 'picture.png';
/** The run event by event, as a page with a script. */
export const REPLAY = 'replay.html';
/** The checks for CI systems, and the run for the summary page of a CI job. */
export const [JUNIT, SUMMARY] = ['junit.xml', 'summary.md'];
/** In the folder of a batch: what the runs of one command showed together. */
export const BATCH = 'batch.json';
export const HISTORY = 'history.jsonl';
/** What the lab did to the cluster, and the clocks that it compared. */
export const LAB_JOURNAL = 'lab.jsonl';
/** The only part that containers see. */
export const DATA = 'data';
export const LEDGER = join(DATA, 'ledger.jsonl');
/** A folder, with a file per replica and refresher. */
export const EVENTS = join(DATA, 'events');

/** Gives a file's path within a run's folder, as `facts.json` has it. */
export const nameWithin = (folder: string, path: string): string =>
  relative(folder, path).replaceAll(sep, '/');

/**
 * Creates a new folder of this name, and `results` around it. If there is one already, it takes `<name>-2` and so on: two
 * runs never share a folder. Gives the name that it took.
 */
export async function createFolder(results: string, name: string): Promise<string> {
  await mkdir(results, { recursive: true });
  for (let number = 1; ; number++) {
    const taken = number === 1 ? name : `${name}-${number}`;
    try {
      await mkdir(join(results, taken));
      return taken;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export const writeRunStart = (folder: string, start: RunStart): Promise<void> =>
  writeWhole(join(folder, RUN), json(start));

/** Removes a run's folder in which there is nothing but what {@link writeRunStart} wrote. */
export async function forgetIfNothingBegan(folder: string): Promise<void> {
  const [only, ...others] = await readdir(folder).catch(() => []);
  if (only === RUN && others.length === 0) await rm(folder, { recursive: true });
}

/** Gives what a text holds. */
export const sealText = (text: string): FileSeal => ({
  lines: text.split('\n').length - 1,
  sha256: createHash('sha256').update(text).digest('hex'),
});

/** Seals the folder. Every other file must be complete. */
export const writeRunEnd = (folder: string, end: RunEnd): Promise<void> =>
  writeWhole(join(folder, FACTS), json(end));

export const writeResult = (folder: string, record: object): Promise<void> =>
  writeWhole(join(folder, RESULT), json(record));

export const writeBatchFile = (folder: string, batch: object): Promise<void> =>
  writeWhole(join(folder, BATCH), json(batch));

/** Writes one of the files that are drawn from the others: {@link REPORT}, {@link REPLAY}, {@link PICTURE}, {@link JUNIT} or {@link SUMMARY}. */
export const writeDrawn = (folder: string, name: string, content: string | Uint8Array): Promise<void> =>
  writeWhole(join(folder, name), content);

/** Has `results/latest` point at this folder of `results`, in one step. */
export async function linkLatest(results: string, name: string): Promise<void> {
  const temporary = join(results, `.latest.${process.pid}.${name}`);
  await symlink(name, temporary);
  await rename(temporary, join(results, 'latest'));
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
