import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stripTypes } from '../export/strip-types.ts';

/** The folders and files whose code a browser may have; all of it is in the repository anyway. */
const SERVED = [
  'console/page/',
  'console/view/',
  'console/scene/',
  'console/replay/',
  'judge/',
  'record/',
  'report/charts/palette.ts',
  'lab/tour/steps.ts',
  'strategies/contract/',
];
/** Only Node can run these. */
const LEFT_OUT = ['record/files/'];

/** Gives the project's own modules as JavaScript. The types are stripped per request, unless the file is unchanged. */
export class BrowserModules {
  readonly #root: string;
  readonly #stripped = new Map<string, { readonly changedMs: number; readonly code: string }>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Gives the code of a module by its path from the root; undefined if a browser may not have it, or it is not there. */
  async codeOf(path: string): Promise<string | undefined> {
    if (!isServed(path)) return undefined;
    const file = join(this.#root, path);
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    const known = this.#stripped.get(path);
    if (known?.changedMs === found.mtimeMs) return known.code;
    const code = stripTypes(await readFile(file, 'utf8'));
    this.#stripped.set(path, { changedMs: found.mtimeMs, code });
    return code;
  }
}

/** Each part of the path is a plain name: it leads nowhere else. */
const isServed = (path: string): boolean =>
  /^([a-z][a-z0-9-]*\/)+[a-z][a-z0-9-]*\.ts$/.test(path) &&
  SERVED.some((allowed) => path.startsWith(allowed)) &&
  !LEFT_OUT.some((folder) => path.startsWith(folder));
