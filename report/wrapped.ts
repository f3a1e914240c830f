import { printable } from './printable.ts';

export const TERMINAL_WIDTH = 80;

/** A label and its text, broken at blanks and indented below its beginning. The text may come from a stranger: see {@link printable}. */
export function wrapped(label: string, text: string, width = TERMINAL_WIDTH): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line && label.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, line].map((part, index) => (index === 0 ? label : ' '.repeat(label.length)) + part);
}
