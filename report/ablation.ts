import type { Judgement, RunRecord } from '../record/result.ts';
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
}

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

export function tableOf(done: readonly Ablated[]): string {
  return [
    `${'guard taken out'.padEnd(NAME)}${'verdict'.padEnd(VERDICT)}what was seen`,
    ...done.flatMap((row) => {
      const { ablation, without, full } = row;
      return [
        '',
        ...wrapped(`${ablation.name.padEnd(NAME)}${without.verdict.padEnd(VERDICT)}`, seenWithout(row)),
        ...wrapped(`${'  with the guard'.padEnd(NAME)}${full.verdict.padEnd(VERDICT)}`, seenWith(row)),
        ...wrapped(
          '  '.padEnd(NAME + VERDICT),
          `against: ${ablation.defendsAgainst} (under ${underOf(row)})`,
        ),
      ];
    }),
  ].join('\n');
}

export function markdownOf(done: readonly Ablated[]): string {
  const rows = done.map((row) => [
    `\`${row.ablation.name}\``,
    row.ablation.guard,
    row.ablation.defendsAgainst,
    row.ablation.fault ? `\`${row.ablation.fault}\`` : underOf(row),
    `**${row.without.verdict}**: ${seenWithout(row)}`,
    `**${row.full.verdict}**: ${seenWith(row)}`,
  ]);
  const titles = ['ablation', 'guard', 'defends against', 'under', 'without it', 'with it'];
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
