/**
 * Makes a line of text safe for a terminal: what controls it becomes a question mark, such as escape sequences, line feeds
 * and changes of the writing direction.
 */
export const printable = (line: string): string => line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
