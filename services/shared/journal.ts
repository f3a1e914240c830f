import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** An append-only file of JSON lines. */
export interface Journal {
  append(line: object): void;
}

/**
 * Opens a journal. `append` hands its line to the kernel before it returns, so the line survives the death of the process.
 */
export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  return { append: (line) => writeSync(file, `${JSON.stringify(line)}\n`) };
}
