import { stripTypeScriptTypes } from 'node:module';

/** Gives a TypeScript file's text as JavaScript. */
export function stripTypes(text: string): string {
  // Node warns that the function is experimental. Nobody who exports a page can do anything about it.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
