import type { Judgement, RunRecord } from '../record/result.ts';
import { attemptsColumn, attemptsTitle, earlierAttempts } from './attempts.ts';
import { wrapped } from './wrapped.ts';

/** What the tables say of a guard that was taken out. */
export interface AblatedGuard {
  readonly name: string;
  readonly guard: string;
  readonly defendsAgainst: string;
  /** What both runs met; none: only the herd. */
  readonly fault?: string;
  /** The checks of which at least one fails without the guard. */
  readonly mustFail: readonly string[];
}

/** The record of a strategy without a guard, and of the whole one under the same fault and parameters. */
export interface Ablated {
  readonly ablation: AblatedGuard;
  readonly without: RunRecord;
  readonly full: RunRecord;
  /** How often each was run: the earlier runs showed nothing. */
  readonly attempts: { readonly without: number; readonly full: number };
}

/** The runs of all rows. Rows may share the complete run, which then counts once. */
const runsIn = (done: readonly Ablated[]) => [
  ...done.map(({ attempts }) => ({ attempts: attempts.without })),
  ...new Map(done.map(({ full, attempts }) => [full, { attempts: attempts.full }])).values(),
];

const STATUS = { shown: 0, notShown: 1, unknown: 2 } as const;

/** 0: failed for a stated reason without the guard, passed with it; 2: one of them does not allow a judgement; else 1. */
export function exitStatusOf(done: Ablated): number {
  if (done.full.verdict === 'fail' || done.without.verdict === 'pass') return STATUS.notShown;
  if (done.without.verdict === 'fail' && failedReasons(done).length === 0) return STATUS.notShown;
  return done.full.verdict === 'pass' && done.without.verdict === 'fail' ? STATUS.shown : STATUS.unknown;
}

/** The stated checks that failed without the guard. */
const failedReasons = ({ ablation, without }: Ablated): Judgement[] =>
  without.checks.filter(({ name, verdict }) => verdict === 'fail' && ablation.mustFail.includes(name));

/** What was seen without the guard: the stated checks that failed, or what there was instead. */
function seenWithout(done: Ablated): string {
  const failed = failedReasons(done);
  if (failed.length > 0) return listed(failed);
  return `no stated check failed; ${listed(done.without.checks.filter(({ verdict }) => verdict !== 'pass'))}`;
}

/** What the same checks saw with it, and whatever else was not right. */
function seenWith(done: Ablated): string {
  const names = failedReasons(done).map(({ name }) => name);
  return listed(done.full.checks.filter(({ name, verdict }) => verdict !== 'pass' || names.includes(name)));
}

const listed = (checks: readonly Judgement[]) =>
  checks.map(({ name, detail }) => `${name}: ${detail}`).join('; ');

const underOf = ({ ablation }: Ablated) => ablation.fault ?? 'the herd alone';

const NAME = 23;
const VERDICT = 9;
const ATTEMPTS = 10;

export function tableOf(done: readonly Ablated[]): string {
  const runs = runsIn(done);
  const cellsOf = attemptsColumn(runs);
  const line = (name: string, verdict: string, attempts: readonly string[]) =>
    `${name.padEnd(NAME)}${verdict.padEnd(VERDICT)}${attempts.map((cell) => cell.padEnd(ATTEMPTS)).join('')}`;
  const title = attemptsTitle(runs);
  const earlier = earlierAttempts(runs);
  return [
    `${line('guard taken out', 'verdict', title)}what was seen`,
    ...done.flatMap((row) => {
      const { ablation, without, full, attempts } = row;
      return [
        '',
        ...wrapped(
          line(ablation.name, without.verdict, cellsOf({ attempts: attempts.without })),
          seenWithout(row),
        ),
        ...wrapped(
          line('  with the guard', full.verdict, cellsOf({ attempts: attempts.full })),
          seenWith(row),
        ),
        ...wrapped(
          line(
            '  ',
            '',
            title.map(() => ''),
          ),
          `against: ${ablation.defendsAgainst} (under ${underOf(row)})`,
        ),
      ];
    }),
    ...(earlier > 0 ? ['', `${earlier} of ${runs.length + earlier} runs unknown and repeated`] : []),
  ].join('\n');
}

export function markdownOf(done: readonly Ablated[]): string {
  const repeated = attemptsTitle(runsIn(done));
  const rows = done.map((row) => [
    `\`${row.ablation.name}\``,
    row.ablation.guard,
    row.ablation.defendsAgainst,
    row.ablation.fault ? `\`${row.ablation.fault}\`` : underOf(row),
    `**${row.without.verdict}**: ${seenWithout(row)}`,
    `**${row.full.verdict}**: ${seenWith(row)}`,
    ...repeated.map(() => `${row.attempts.without}, ${row.attempts.full} with it`),
  ]);
  const titles = ['ablation', 'guard', 'defends against', 'under', 'without it', 'with it', ...repeated];
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
