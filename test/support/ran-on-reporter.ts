import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { toldIn } from './ran-on.ts';

/**
 * A reporter for node's test runner. At the end it tells which files ran on what, and which tests were skipped and why. It
 * appends the files with a test that failed to the file that FAILED_FILES names. (A reporter more, and Node warns.)
 */
export default async function* ranOnReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const ranOn = new Map<string, Set<string>>();
  const skipped = new Map<string, Set<string>>();
  const failed = new Set<string>();
  for await (const { type, data } of events) {
    if (type === 'test:stdout') for (const what of toldIn(data.message)) add(ranOn, what, data.file);
    if (type === 'test:pass' && data.skip) add(skipped, `${data.skip}`, data.file);
    if (type === 'test:fail' && !data.todo) failed.add(entryOf(data));
  }
  if (process.env.FAILED_FILES)
    for (const file of failed) appendFileSync(process.env.FAILED_FILES, `${file}\n`);
  for (const [what, files] of ranOn) yield told(`ran on ${what}`, files);
  for (const [why, files] of skipped) yield told(`skipped: ${why}`, files);
}

function add(files: Map<string, Set<string>>, what: string, file = 'a test'): void {
  const known = files.get(what) ?? new Set();
  files.set(what, known.add(relative('test', file).replace(/\.test\.ts$/, '')));
}

const told = (what: string, files: Set<string>): string => `${what}: ${[...files].sort().join(', ')}\n`;

/** Gives the file that was run: a test of a suite lies in another. Node tells it, but its types do not know that yet. */
const entryOf = (data: {
  readonly file?: string;
  readonly name: string;
  readonly entryFile?: string;
}): string => data.entryFile ?? data.file ?? data.name;
