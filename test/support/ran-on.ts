const PREFIX = 'ran on ';

/** Prints what this file's tests run on; the reporter tells it again at the end, of all files. */
export const ranOn = (what: string): void => console.log(`${PREFIX}${what}`);

/** What was printed so, if it was. */
export const toldIn = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith(PREFIX))
    .map((line) => line.slice(PREFIX.length));
