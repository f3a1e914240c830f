import type { RunRecord } from '../../record/result.ts';
import { namesOf } from '../foreign/words.ts';
import { formatCount, formatMean, formatMs } from '../html/figures.ts';
import { escaped } from '../html/markup.ts';
import { repeatCommand } from '../html/repeat.ts';
import { printable } from '../printable.ts';
import { lacksIn } from '../typed.ts';

export const SIGN = { pass: '✅', fail: '❌', unknown: '❔' } as const;

/** Writes a run as Markdown, for the summary page of a CI job or for a chat. `picture`: its lanes as text. */
export function markdownOf(record: RunRecord, picture: readonly string[]): string {
  const { strategy, fault, verdict, origin, requests, latencyMs, expiries, checks } = record;
  const { notVisible = [], behavesLike } = record;
  const { acrossExpiry } = latencyMs;
  const failed = requests.error + requests.timeout;
  const rows = [
    [
      'Recomputes per expiry',
      `mean ${formatMean(origin.perExpiry.mean)}, at most ${origin.perExpiry.max}, over ${expiries} expiries`,
    ],
    ['Recomputes at once', `at most ${origin.maxConcurrent}`],
    [
      'Latency at an expiry',
      acrossExpiry
        ? `p50 ${formatMs(acrossExpiry.p50)}, p99 ${formatMs(acrossExpiry.p99)}, max ${formatMs(acrossExpiry.max)}`
        : 'no request was under way',
    ],
    ...(behavesLike ? [['Behaves like', cell(`${namesOf(behavesLike)}: ${behavesLike.why}`)]] : []),
    ['Requests', `${formatCount(requests.scheduled)}, ${failed} failed, ${requests.unsent} unsent`],
  ];
  return [
    `## ${SIGN[verdict]} ${cell(fault === null ? strategy : `${strategy} under ${fault}`)}: ${verdict}`,
    tableText(['', ''], rows),
    ['```', ...picture, '```'].join('\n'),
    tableText(
      ['', 'Check', 'What was seen'],
      [
        ...checks.map((check) => [SIGN[check.verdict], cell(check.name), cell(check.detail)]),
        ...notVisible.map(({ name, why }) => ['➖', cell(name), `not visible: ${cell(why)}`]),
      ],
    ),
    repeatText(repeatCommand(record.config, record.runtime)),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** Writes a text that may come from a stranger into a cell: it is neither markup nor the end of the cell. */
export const cell = (text: string): string => escaped(text).replaceAll(/[|\\`*_[\]]/g, '\\$&');

/** Writes a command as it is typed, and what it lacks. */
export const repeatText = (command: string): string =>
  [`Repeat it: ${codeSpan(command)}`, ...[lacksIn(command) ?? []].flat()].join('\n');

/** Writes a text that may come from a stranger as code on one line. Its fence is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const line = printable(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Writes a table. Its cells are escaped already. */
export const tableText = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
