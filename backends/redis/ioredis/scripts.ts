import { existsSync, readFileSync } from 'node:fs';
import { DogpileError } from '../../../strategies/contract/errors.ts';

/** A script, an include or a line to change does not exist. A defect of this code. */
export class ScriptError extends DogpileError {
  readonly code = 'ERR_DOGPILE_SCRIPT';
}

/** A replacement of one place in a script or include. */
export interface ScriptChange {
  /** The script or include, by its name without `.lua`. */
  readonly file: string;
  /** The text to replace. It must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

const LUA = new URL('../lua/', import.meta.url);
const scriptAt = (name: string) => new URL(`${name}.lua`, LUA);
const includeAt = (name: string) => new URL(`include/${name}.lua`, LUA);
const INCLUDE_LINE = /^-- include (.+)\n?/gm;

/**
 * Gives the text of a script in lua/ as Redis gets it. The first line `-- include name` is replaced by
 * lua/include/name.lua, later ones by nothing. An include may include others.
 *
 * Changes apply before the texts are joined. The list may change files that this script does not use, so that one list
 * serves all scripts; each call checks all of it. Throws a {@link ScriptError} if a file does not exist, or if the text to
 * replace does not occur exactly once.
 */
export function scriptText(file: string, changes: readonly ScriptChange[] = []): string {
  const changed = changedTexts(changes);
  const textAt = (path: URL) => changed.get(path.href) ?? readIfThere(path);
  const included = new Set<string>();

  const join = (text: string): string =>
    text.replace(INCLUDE_LINE, (_, name: string) => {
      if (included.has(name)) return '';
      included.add(name);
      const include = textAt(includeAt(name));
      if (include === undefined)
        throw new ScriptError(`${file}.lua includes ${name}, but there is no lua/include/${name}.lua`);
      return join(include);
    });

  const script = textAt(scriptAt(file));
  if (script === undefined) throw new ScriptError(`there is no script lua/${file}.lua`);
  return join(script);
}

/** Gives the changed texts, by address. Several changes to one file apply in order. */
function changedTexts(changes: readonly ScriptChange[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of changes) {
    const path = [scriptAt(file), includeAt(file)].find((path) => existsSync(path));
    if (!path)
      throw new ScriptError(`a change names ${file}, but lua/ has no such script and no such include`);
    const text = texts.get(path.href) ?? readFileSync(path, 'utf8');
    const at = text.indexOf(find);
    if (at < 0) throw new ScriptError(`a change of ${file}.lua finds ${JSON.stringify(find)} nowhere`);
    if (at !== text.lastIndexOf(find))
      throw new ScriptError(`a change of ${file}.lua finds ${JSON.stringify(find)} more than once`);
    texts.set(path.href, text.slice(0, at) + replace + text.slice(at + find.length));
  }
  return texts;
}

const readIfThere = (path: URL) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
