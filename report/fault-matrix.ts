import type { Expectation } from '../faults/support/expectation.ts';
import { pointOf } from '../faults/support/points.ts';
import { faultAnswered } from '../judge/checks/fault-answered.ts';
import { batchRunOf, type FaultRow } from '../record/batch/batch.ts';
import type { Point } from '../record/fault-events.ts';
import { isForeign } from '../record/foreign/foreign.ts';
import type { Judgement, RunRecord } from '../record/result.ts';
import { attemptsColumn, attemptsTitle, earlierAttempts } from './attempts.ts';
import { tallyOf } from './tally.ts';
import { wrapped } from './wrapped.ts';

const HIT = faultAnswered.name;
const POINT = 'recomputing '.length;
const VERDICT = 9;
const ATTEMPTS = 10;

/** Makes the row of a run under a fault; `point` is null for a fault that leaves no choice. */
export const faultRowOf = (
  { name, summary, guard, points }: Pick<Expectation, 'name' | 'summary' | 'guard' | 'points'>,
  point: Point | null,
  record: RunRecord,
  attempts: number,
): FaultRow => {
  // What answers it in a service of the user's own, nobody sees.
  const isOwn = isForeign(record.config);
  return {
    ...{ fault: name, summary, guard: isOwn ? null : guard, point },
    expected: isOwn ? null : (points?.[pointOf(record.config)] ?? null),
    run: batchRunOf(record, attempts),
  };
};

/** Gives what was seen of the fault itself. */
export const hitIn = ({ checks }: FaultRow['run']): string =>
  checks.find((check) => check.name === HIT)?.detail ?? '';

/** Gives the other checks that did not pass. */
export const wantingIn = ({ checks }: FaultRow['run']): readonly Judgement[] =>
  checks.filter((check) => check.verdict !== 'pass' && check.name !== HIT);

/** Writes what was seen of each fault, what answers it, and how many runs passed. */
export function matrixOf(rows: readonly FaultRow[]): string {
  const runs = rows.map(({ run }) => run);
  const nameWidth = Math.max(...rows.map(({ fault }) => fault.length)) + 1;
  const cellsOf = attemptsColumn(runs);
  const line = (name: string, point: string, verdict: string, attempts: readonly string[]) =>
    `${name.padEnd(nameWidth)}${point.padEnd(POINT)}${verdict.padEnd(VERDICT)}${attempts.map((cell) => cell.padEnd(ATTEMPTS)).join('')}`;
  const title = attemptsTitle(runs);
  const left = ' '.repeat(line('', '', '', title).length);
  const earlier = Array<'unknown'>(earlierAttempts(runs)).fill('unknown');
  return [
    `${line('fault', 'at', 'verdict', title)}what was seen, and what answers it`,
    ...rows.flatMap((row) =>
      rowOf(row, line(row.fault, row.point ?? '', row.run.verdict, cellsOf(row.run)), left),
    ),
    '',
    tallyOf([...runs.map(({ verdict }) => verdict), ...earlier]),
  ].join('\n');
}

function rowOf({ guard, expected, run }: FaultRow, label: string, left: string): string[] {
  return [
    ...wrapped(label, hitIn(run)),
    ...(expected ? wrapped(left, `expected: ${expected}`) : []),
    ...(guard === null ? [] : wrapped(left, `guard: ${guard}`)),
    ...wantingIn(run).flatMap(({ name, verdict, detail }) => wrapped(left, `${verdict}: ${name}: ${detail}`)),
  ];
}
