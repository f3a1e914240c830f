import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealLine } from '../../record/files/journal-line.ts';
import { JournalReader } from '../../record/files/journal-reader.ts';

/** Changes the lines of a journal in a run's folder, and seals it as if they had been written so. */
export function reseal<T extends object>(
  folder: string,
  file: string,
  change: (lines: readonly T[]) => readonly T[],
): void {
  const path = join(folder, file);
  const lines = change(new JournalReader<T>(path).read());
  writeFileSync(path, lines.map((line, index) => `${sealLine(index + 1, line)}\n`).join(''));
  const reader = new JournalReader(path);
  reader.read();
  const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8'));
  facts.files[file] = reader.seal;
  writeFileSync(join(folder, 'facts.json'), JSON.stringify(facts));
}
