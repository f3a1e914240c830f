import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** An append-only file of JSON lines. */
export interface Journal {
  append(line: object): void;
}

/**
 * Opens a journal. A line is handed to the kernel before `append` returns, so it survives the death of the process.
 */
export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  return { append: (line) => writeSync(file, `${JSON.stringify(line)}\n`) };
}
