import type { Batch } from '../../record/batch/batch.ts';
import type { Cell } from '../batch/story.ts';
import { tell } from '../batch/told.ts';
import { MARK } from '../html/run-words.ts';
import { suiteOf } from './junit.ts';
import { cell, repeatText, SIGN, tableText } from './markdown.ts';

/** Writes the rows of a batch as JUnit XML: a case for each. */
export function batchJunit(batch: Batch): string {
  const { cases } = tell(batch);
  return suiteOf({ suite: batch.kind, run: batch.batch, checks: cases });
}

/** Writes a batch as Markdown, for the summary page of a CI job or for a chat. */
export function batchMarkdown(batch: Batch): string {
  const { headline, verdict, cases, table, notes } = tell(batch);
  const columns = table.titles.flatMap((title, column) =>
    table.rows.some((row) => isLinks(row[column])) ? [] : [{ title, column }],
  );
  const reasons = cases.filter((one) => verdict !== 'pass' && one.verdict === verdict);
  return [
    `## ${SIGN[verdict]} make ${batch.kind}: ${verdict}`,
    `${cell(headline)}.`,
    ...(reasons.length > 0
      ? [reasons.map(({ name, detail }) => `- ${cell(name)}: ${cell(detail)}`).join('\n')]
      : []),
    tableText(
      columns.map(({ title }) => title),
      table.rows.map((row) => columns.map(({ column }) => textOf(row[column] ?? ''))),
    ),
    ...(notes.length > 0 ? [notes.map((note) => `- ${cell(note)}`).join('\n')] : []),
    repeatText(batch.command),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

const isLinks = (one: Cell | undefined): boolean => typeof one === 'object' && 'runs' in one;

function textOf(one: Cell): string {
  if (typeof one === 'string') return one.split('\n').map(cell).join('<br>');
  if ('value' in one) return cell(`${one.value} ${one.range}`.trim());
  return 'verdict' in one ? (one.words ?? MARK[one.verdict]) : '';
}
