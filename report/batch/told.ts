import { verdictOf } from '../../judge/verdict.ts';
import type { Batch } from '../../record/batch/batch.ts';
import type { Judgement, Verdict } from '../../record/result.ts';
import { earlierAttempts } from '../attempts.ts';
import { ablateStory } from './ablate.ts';
import { compareStory } from './compare.ts';
import { faultsStory } from './faults.ts';
import { leasesStory } from './leases.ts';
import { type Cell, counted, type Story } from './story.ts';

/** A batch with its verdict. */
export interface Told extends Story {
  readonly batch: Batch;
  readonly verdict: Verdict;
}

/** Tells what a batch showed, and judges it: by each of its rows, and by whether it has all of them. */
export function tell(batch: Batch): Told {
  const story = storyOf(batch);
  const short = cutShort(batch);
  const cases = [...story.cases, ...short];
  return {
    ...story,
    about: [story.about, ...short.map(({ detail }) => `The command was ${detail}.`)].join(' '),
    ...{ batch, cases, verdict: verdictOf(cases) },
    notes: [...story.notes, ...repeated(story)],
  };
}

function storyOf(batch: Batch): Story {
  switch (batch.kind) {
    case 'compare':
      return compareStory(batch);
    case 'faults':
      return faultsStory(batch);
    case 'ablate':
      return ablateStory(batch);
    case 'leases':
      return leasesStory(batch);
  }
}

/** Says how many runs showed nothing and were repeated. */
function repeated({ table }: Story): string[] {
  const runs = table.rows.flatMap((row) => row.flatMap((cell) => (isRuns(cell) ? cell.runs : [])));
  // Rows may share a run.
  const earlier = earlierAttempts([...new Map(runs.map((run) => [run.run, run])).values()]);
  return earlier === 0 ? [] : [`${counted(earlier, 'run')} more showed nothing, and had to be repeated.`];
}

const isRuns = (cell: Cell): cell is Extract<Cell, { runs: unknown }> =>
  typeof cell === 'object' && 'runs' in cell;

function cutShort({ planned, rows, kind }: Batch): Judgement[] {
  const made = kind === 'compare' ? rows.reduce((sum, { trials }) => sum + trials, 0) : rows.length;
  if (made >= planned) return [];
  const detail = `ended early: ${made} of ${counted(planned, kind === 'compare' ? 'trial' : 'row')}`;
  return [{ name: 'complete', verdict: 'unknown', detail }];
}
