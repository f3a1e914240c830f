import type { BatchRun } from '../../record/batch/batch.ts';
import type { Judgement, Verdict } from '../../record/result.ts';
import type { Chart } from '../charts/draw.ts';

/** What a cell of a table has: words, a figure with its range, a verdict, or links to the reports of runs. */
export type Cell =
  | string
  | { readonly value: string; readonly range: string }
  | { readonly verdict: Verdict; readonly words?: string }
  | { readonly runs: readonly BatchRun[]; readonly words?: readonly string[] };

/** A table. The first cell of each row names it. */
export interface Table {
  readonly title: string;
  readonly caption: string;
  /** Whether its cells have sentences: a narrow page then shows them one below the other. */
  readonly isWordy?: true;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly [name: string, ...cells: Cell[]])[];
}

export interface Figure {
  readonly title: string;
  readonly chart: Chart;
  readonly caption: string;
}

/** What the runs of one command showed together, told so that a page, CI and a chat can show it. */
export interface Story {
  /** One sentence for somebody who never heard of a dogpile. */
  readonly headline: string;
  /** What was done, in everyday words. */
  readonly about: string;
  /** One for each row. */
  readonly cases: readonly Judgement[];
  /** Says what it means if all of them are ok. */
  readonly whenPassed: string;
  readonly figures: readonly Figure[];
  readonly table: Table;
  /** How to read the table. */
  readonly notes: readonly string[];
}

/** Writes a number of things: `1 run`, `2 runs`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Names the checks of a run that did not pass, with what they saw. */
export const failuresIn = ({ verdict, checks }: BatchRun): string =>
  verdict === 'pass'
    ? 'all checks are ok'
    : checks
        .filter((check) => check.verdict === verdict)
        .map(({ name, detail }) => `${name}: ${detail}`)
        .join('; ') || verdict;
