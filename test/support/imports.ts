import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The folders at the top that hold the project's own code; tests are no part of the house. */
export const ROOMS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|results|test|docs)/.test(entry.name))
  .map(({ name }) => name);

/** Every source file of the house, by its path from the root. */
export const sourceFiles = (): string[] =>
  ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => join(room, name)),
  );

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The project's own files that a file imports, type imports included, by their paths from the root. */
export const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*['"`](\.{1,2}\/[^'"`$]+)['"`]/g)].map(([, path = '']) =>
    relative(ROOT, join(ROOT, dirname(file), path)),
  );
