import { wrapped } from '../../../report/wrapped.ts';

/** Writes one step of a rehearsal. */
export type Say = (text: string) => void;

/** Writes steps, each with the seconds since the start, in at most 80 columns. */
export function stepsFrom(startedAt: number, write: (line: string) => void = console.log): Say {
  return (text) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    for (const line of wrapped(`${seconds.padStart(4)} s  `, text)) write(line);
  };
}
