import type { Judgement, RunRecord } from '../record/result.ts';
import { attemptsColumn, attemptsTitle, earlierAttempts, type Repeatable } from './attempts.ts';
import { wrapped } from './wrapped.ts';

/** What must notice a mutant. */
export interface Expected {
  /** The checks of which one must fail. */
  readonly mustFail: readonly string[];
  /** The checks of which one may be unknown instead. */
  readonly mayDoubt?: readonly string[];
}

/** One run of a mutant; `mutant` undefined: of the unchanged strategy. */
export interface MutantRun extends Repeatable {
  readonly mutant: string | undefined;
  /** Of the unchanged strategy: the checks that noticed its mutants; each of them must pass. */
  readonly expected: Expected;
  readonly record: RunRecord;
  readonly seconds: number;
}

/** What a run shows, as the table says it. */
export interface Outcome extends Repeatable {
  readonly label: string;
  readonly strategy: string;
  readonly word: 'killed' | 'survived' | 'pass' | 'fail' | 'unknown';
  /** 0: as it must be; 1: not so; 2: the run does not allow a judgement. */
  readonly status: number;
  readonly seen: string;
  readonly seconds: number;
}

const STATUS = { killed: 0, pass: 0, survived: 1, fail: 1, unknown: 2 } as const;

/** Gives the checks that noticed a mutant, as they were expected to. */
export const killersIn = ({ checks }: RunRecord, { mustFail, mayDoubt = [] }: Expected): Judgement[] =>
  checks.filter(
    ({ name, verdict }) =>
      (verdict === 'fail' && mustFail.includes(name)) || (verdict === 'unknown' && mayDoubt.includes(name)),
  );

/** Judges a run: only its own checks kill a mutant; the unchanged strategy passes those and fails none. */
export function outcomeOf(run: MutantRun): Outcome {
  const { mutant, record, seconds, attempts } = run;
  const { word, seen } = mutant === undefined ? wholeOutcome(run) : mutantOutcome(run);
  const label = mutant ?? 'unchanged';
  return { label, strategy: record.strategy, word, status: STATUS[word], seen, seconds, attempts };
}

function mutantOutcome({ record, expected }: MutantRun): Pick<Outcome, 'word' | 'seen'> {
  const killers = killersIn(record, expected);
  if (killers.length > 0) return { word: 'killed', seen: listed(killers) };
  const others = listed(record.checks.filter(({ verdict }) => verdict !== 'pass'));
  const names = [...expected.mustFail, ...(expected.mayDoubt ?? [])].join(', ');
  const seen = `not noticed by ${names}${others && `; but ${others}`}`;
  return { word: record.verdict === 'unknown' ? 'unknown' : 'survived', seen };
}

function wholeOutcome({ record, expected: { mustFail } }: MutantRun): Pick<Outcome, 'word' | 'seen'> {
  const failed = record.checks.filter(({ verdict }) => verdict === 'fail');
  if (failed.length > 0) return { word: 'fail', seen: listed(failed) };
  const passed = record.checks.filter(({ name, verdict }) => verdict === 'pass' && mustFail.includes(name));
  if (mustFail.length === 0) return { word: record.verdict, seen: record.strategy };
  if (passed.length === mustFail.length) {
    const names = passed.map(({ name }) => name).join(', ');
    return { word: 'pass', seen: `${record.strategy}${names && `: ${names}`}` };
  }
  return { word: 'unknown', seen: listed(record.checks.filter(({ verdict }) => verdict !== 'pass')) };
}

const listed = (checks: readonly Judgement[]) =>
  checks.map(({ name, detail }) => `${name}: ${detail}`).join('; ');

const LABEL = 22;
const WORD = 9;
const SECONDS = 5;
const ATTEMPTS = 10;

/** Writes the table in lines of at most 80 columns. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const count = (word: Outcome['word']) => outcomes.filter((outcome) => outcome.word === word).length;
  const unknown = count('unknown') + earlierAttempts(outcomes);
  const cellsOf = attemptsColumn(outcomes);
  const line = (label: string, word: string, seconds: string, attempts: readonly string[]) =>
    `${label.padEnd(LABEL)}${word.padEnd(WORD)}${seconds.padStart(SECONDS)}${attempts.map((cell) => cell.padStart(ATTEMPTS)).join('')}  `;
  return [
    `${line('mutant', 'verdict', 's', attemptsTitle(outcomes))}seen by`,
    ...outcomes.flatMap((outcome) => {
      const { label, word, seen, seconds } = outcome;
      return wrapped(line(label, word, seconds.toFixed(0), cellsOf(outcome)), seen);
    }),
    '',
    `${outcomes.length + earlierAttempts(outcomes)} runs judged`,
    `${count('killed')} killed, ${count('survived')} survived; unchanged: ${count('pass')} passed, ` +
      `${count('fail')} failed; ${unknown} unknown`,
  ].join('\n');
}

export function markdownOf(outcomes: readonly Outcome[]): string {
  const attempts = attemptsColumn(outcomes);
  const rows = outcomes.map((outcome) => [
    `\`${outcome.label}\``,
    `\`${outcome.strategy}\``,
    `**${outcome.word}**`,
    outcome.seconds.toFixed(0),
    ...attempts(outcome),
    outcome.seen,
  ]);
  const titles = ['mutant', 'strategy', 'verdict', 'seconds', ...attemptsTitle(outcomes), 'seen by'];
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
