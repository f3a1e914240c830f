import { printable } from './printable.ts';

/** Quotes a value for the shell where it needs that, and each dollar sign for make. It stays on one line. */
export function quoted(value: string): string {
  const text = printable(value);
  return /^[\w.,:/=+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''").replaceAll('$', '$$$$')}'`;
}

/** Tells what a command lacks, if it was recorded with the names of headers only. */
export const lacksIn = (command: string): string | undefined =>
  / HEADERS='[^']*…/.test(command)
    ? 'The values of the headers are not recorded, since they may be secrets: put them back in place of each “…”.'
    : undefined;
