import type { AblationRow, BatchOf } from '../../record/batch/batch.ts';
import { neededIn, seenWith, seenWithout, underOf } from '../ablation.ts';
import { counted, type Story } from './story.ts';

/** Tells what `make ablate` showed. */
export function ablateStory({ rows }: BatchOf<'ablate'>): Story {
  const cases = rows.map((row) => ({
    name: row.ablation,
    verdict: neededIn(row),
    detail: detailOf(row),
  }));
  const needed = cases.filter(({ verdict }) => verdict === 'pass').length;
  const guards = counted(rows.length, 'safeguard');
  return {
    headline:
      needed === rows.length
        ? `${rows.length === 1 ? 'The' : 'Each of the'} ${guards} tried is needed: without it a run fails, and with it the same run passes`
        : `Of ${guards} tried, ${needed} ${needed === 1 ? 'is' : 'are'} shown to be needed`,
    about:
      'A cache that recomputes each value once, and never serves an older one afterwards, needs several safeguards. Here each of them is taken ' +
      'out in turn. The strategy runs without it and with it, under the same load and the same fault. A safeguard is shown to be needed if the ' +
      'run without it fails for the reason that was stated before, and the run with it passes.',
    cases,
    whenPassed: 'Each run without its safeguard failed for the stated reason, and each run with it passed.',
    figures: [],
    table: {
      title: 'Each safeguard, taken out and put back',
      isWordy: true,
      caption: 'One row per safeguard; both runs met the same load and the same fault',
      titles: ['Taken out', 'Needed?', 'It guards against', 'Seen without it', 'Seen with it', 'Reports'],
      rows: rows.map((row) => [
        row.ablation,
        {
          verdict: neededIn(row),
          words: { pass: 'shown', fail: 'NOT SHOWN', unknown: 'unknown' }[neededIn(row)],
        },
        `${row.defendsAgainst}\nguard: ${row.guard}\nunder: ${underOf(row)}`,
        `${row.without.verdict}: ${seenWithout(row)}`,
        `${row.full.verdict}: ${seenWith(row) || 'all checks are ok'}`,
        { runs: [row.without, row.full], words: ['without it', 'with it'] },
      ]),
    },
    notes: [],
  };
}

const detailOf = (row: AblationRow): string =>
  `without it ${row.without.verdict}: ${seenWithout(row)}; with it ${row.full.verdict}`;
