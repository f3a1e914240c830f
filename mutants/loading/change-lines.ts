import { registerHooks } from 'node:module';
import { lineMutants } from '../lines/index.ts';
import { changedFiles } from './changed-files.ts';
import type { LineChange } from './changed-text.ts';

/**
 * Changes the modules that this process loads from now on, if the name is that of a mutant that changes lines. What was
 * loaded before stays as it is, so this file imports nothing that a mutant may change. Throws a `StaleMutant` if a line
 * does not occur exactly once.
 */
export function changeLines(name: string | undefined): void {
  const mutant = lineMutants.find((one) => one.name === name);
  if (mutant) changeModules(mutant.lines);
}

/** Makes these changes to the modules that this process loads from now on. */
export function changeModules(changes: readonly LineChange[]): void {
  const changed = changedFiles(changes);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const text = changed.get(url);
      return text === undefined ? loaded : { ...loaded, source: text };
    },
  });
}
