import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { stripTypes } from './strip-types.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** An import as this project's formatter writes it, or one that only runs its file. */
const IMPORT = /^import\s+(?:\{([^}]*)\}\s+from\s+)?'([^']+)';$/gm;

/**
 * Puts a browser module and all that it imports into one script, since a page from a file may import nothing. The files share one
 * scope: an import becomes nothing, an export a declaration. Throws if two files declare the same name, or if one imports a package.
 */
export function oneScript(entry: URL): string {
  const parts: string[] = [];
  collect(fileURLToPath(entry), parts, new Set());
  const script = `(() => {\n'use strict';\n${parts.join('\n')}\n})();\n`;
  // Compiles it, which finds a name that is declared twice.
  new Script(script);
  // The end of a script element may stand in no script.
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end its own element');
  return script;
}

function collect(path: string, parts: string[], seen: Set<string>): void {
  if (seen.has(path)) return;
  seen.add(path);
  const name = relative(ROOT, path);
  const code = stripTypes(readFileSync(path, 'utf8')).replace(
    IMPORT,
    (_, names: string | undefined, from: string) => {
      if (!from.startsWith('.')) throw new Error(`${name} imports the package ${from}`);
      if (names && /\bas\b/.test(names)) throw new Error(`${name} imports something under another name`);
      collect(join(dirname(path), from), parts, seen);
      return '';
    },
  );
  const declared = code.replace(/^export (?=(async )?(function|class|const|let)\b)/gm, '');
  const left = /^(import|export)\b.*$/m.exec(declared)?.[0];
  if (left !== undefined) throw new Error(`${name} cannot be put into one script: ${left}`);
  parts.push(`// ${name}\n${declared.replace(/^\s*\n/gm, '')}`);
}
