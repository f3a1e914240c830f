import type { Expectation } from '../faults/support/expectation.ts';
import { pointOf } from '../faults/support/points.ts';
import { faultAnswered } from '../judge/checks/fault-answered.ts';
import type { Point } from '../record/fault-events.ts';
import type { RunRecord } from '../record/result.ts';
import { attemptsColumn, attemptsTitle, earlierAttempts, type Repeatable } from './attempts.ts';
import { tallyOf } from './tally.ts';
import { wrapped } from './wrapped.ts';

/** A run under a fault; `point` is null for a fault that leaves no choice. */
export interface Seen extends Repeatable {
  readonly fault: Expectation;
  readonly point: Point | null;
  readonly record: RunRecord;
}

const HIT = faultAnswered.name;
const POINT = 'recomputing '.length;
const VERDICT = 9;
const ATTEMPTS = 10;

/** Writes what was seen of each fault, what answers it, and how many runs passed. */
export function matrixOf(seen: readonly Seen[]): string {
  const nameWidth = Math.max(...seen.map(({ fault }) => fault.name.length)) + 1;
  const cellsOf = attemptsColumn(seen);
  const line = (name: string, point: string, verdict: string, attempts: readonly string[]) =>
    `${name.padEnd(nameWidth)}${point.padEnd(POINT)}${verdict.padEnd(VERDICT)}${attempts.map((cell) => cell.padEnd(ATTEMPTS)).join('')}`;
  const title = attemptsTitle(seen);
  const left = ' '.repeat(line('', '', '', title).length);
  const earlier = Array<'unknown'>(earlierAttempts(seen)).fill('unknown');
  return [
    `${line('fault', 'at', 'verdict', title)}what was seen, and what answers it`,
    ...seen.flatMap((row) =>
      rowOf(row, line(row.fault.name, row.point ?? '', row.record.verdict, cellsOf(row)), left),
    ),
    '',
    tallyOf([...seen.map(({ record }) => record.verdict), ...earlier]),
  ].join('\n');
}

function rowOf({ fault, record: { checks, config } }: Seen, label: string, left: string): string[] {
  const hit = checks.find((check) => check.name === HIT)?.detail ?? '';
  const wanting = checks.filter((check) => check.verdict !== 'pass' && check.name !== HIT);
  const expected = fault.points?.[pointOf(config)];
  return [
    ...wrapped(label, hit),
    ...(expected ? wrapped(left, `expected: ${expected}`) : []),
    ...wrapped(left, `guard: ${fault.guard}`),
    ...wanting.flatMap((check) => wrapped(left, `${check.verdict}: ${check.name}: ${check.detail}`)),
  ];
}
