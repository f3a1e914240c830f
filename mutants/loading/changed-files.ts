import { existsSync, readFileSync } from 'node:fs';
import { changedTexts, type LineChange } from './changed-text.ts';

const ROOT = new URL('../../', import.meta.url);

/** Gives the changed texts of the project's files, by the URLs of their modules. Throws as {@link changedTexts} does. */
export function changedFiles(changes: readonly LineChange[]): ReadonlyMap<string, string> {
  const texts = changedTexts(changes, (file) => {
    const url = new URL(file, ROOT);
    return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
  });
  return new Map([...texts].map(([file, text]) => [new URL(file, ROOT).href, text]));
}
