import type { AblationRow, BatchRun } from '../record/batch/batch.ts';
import type { Judgement, Verdict } from '../record/result.ts';
import { attemptsColumn, attemptsTitle, earlierAttempts } from './attempts.ts';
import { wrapped } from './wrapped.ts';

/** The runs of all rows. Rows may share the complete run, which then counts once. */
const runsIn = (rows: readonly AblationRow[]): BatchRun[] => [
  ...rows.map(({ without }) => without),
  ...new Map(rows.map(({ full }) => [full.run, full])).values(),
];

/**
 * Says whether a guard is shown to be needed. Pass: without it the run failed for a stated reason, and with it the run passed.
 * Unknown: one of the two runs allows no judgement.
 */
export function neededIn(row: AblationRow): Verdict {
  if (row.full.verdict === 'fail' || row.without.verdict === 'pass') return 'fail';
  if (row.without.verdict === 'fail' && failedReasons(row).length === 0) return 'fail';
  return row.full.verdict === 'pass' && row.without.verdict === 'fail' ? 'pass' : 'unknown';
}

/** The stated checks that failed without the guard. */
const failedReasons = ({ mustFail, without }: AblationRow): Judgement[] =>
  without.checks.filter(({ name, verdict }) => verdict === 'fail' && mustFail.includes(name));

/** What was seen without the guard: the stated checks that failed, or what there was instead. */
export function seenWithout(row: AblationRow): string {
  const failed = failedReasons(row);
  if (failed.length > 0) return listed(failed);
  return `no stated check failed; ${listed(row.without.checks.filter(({ verdict }) => verdict !== 'pass'))}`;
}

/** What the same checks saw with it, and whatever else was not right. */
export function seenWith(row: AblationRow): string {
  const names = failedReasons(row).map(({ name }) => name);
  return listed(row.full.checks.filter(({ name, verdict }) => verdict !== 'pass' || names.includes(name)));
}

const listed = (checks: readonly Judgement[]) =>
  checks.map(({ name, detail }) => `${name}: ${detail}`).join('; ');

export const underOf = ({ fault }: AblationRow): string => fault ?? 'the herd alone';

const NAME = 23;
const VERDICT = 9;
const ATTEMPTS = 10;

export function tableOf(rows: readonly AblationRow[]): string {
  const runs = runsIn(rows);
  const cellsOf = attemptsColumn(runs);
  const line = (name: string, verdict: string, attempts: readonly string[]) =>
    `${name.padEnd(NAME)}${verdict.padEnd(VERDICT)}${attempts.map((cell) => cell.padEnd(ATTEMPTS)).join('')}`;
  const title = attemptsTitle(runs);
  const earlier = earlierAttempts(runs);
  return [
    `${line('guard taken out', 'verdict', title)}what was seen`,
    ...rows.flatMap((row) => {
      const { ablation, defendsAgainst, without, full } = row;
      return [
        '',
        ...wrapped(line(ablation, without.verdict, cellsOf(without)), seenWithout(row)),
        ...wrapped(line('  with the guard', full.verdict, cellsOf(full)), seenWith(row)),
        ...wrapped(
          line(
            '  ',
            '',
            title.map(() => ''),
          ),
          `against: ${defendsAgainst} (under ${underOf(row)})`,
        ),
      ];
    }),
    ...(earlier > 0 ? ['', `${earlier} of ${runs.length + earlier} runs unknown and repeated`] : []),
  ].join('\n');
}
