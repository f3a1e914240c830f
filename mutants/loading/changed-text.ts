import { DogpileError } from '../../strategies/contract/errors.ts';

/** A mutant changes a file that does not exist, or lines that do not occur exactly once. A defect of this code. */
export class StaleMutant extends DogpileError {
  readonly code = 'ERR_DOGPILE_MUTANT';
}

/** A replacement of one place in a module. */
export interface LineChange {
  /** The module's path from the project's root. */
  readonly file: string;
  /** The text to replace. It must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Gives the changed text of each file that the changes name. Several changes to one file apply in order. `read` gives a
 * file's text, undefined if it does not exist. Throws a {@link StaleMutant} if a file does not exist, or if the text to
 * replace does not occur exactly once.
 */
export function changedTexts(
  changes: readonly LineChange[],
  read: (file: string) => string | undefined,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of changes) {
    const text = texts.get(file) ?? read(file);
    if (text === undefined) throw new StaleMutant(`it changes ${file}, and there is no such file`);
    const at = text.indexOf(find);
    const what = `${JSON.stringify(find)} in ${file}`;
    if (find === '' || at < 0) throw new StaleMutant(`it replaces ${what}, where that does not occur`);
    if (at !== text.lastIndexOf(find))
      throw new StaleMutant(`it replaces ${what}, where that occurs more than once`);
    texts.set(file, text.slice(0, at) + replace + text.slice(at + find.length));
  }
  return texts;
}
