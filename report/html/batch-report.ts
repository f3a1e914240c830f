import type { Batch, BatchRun } from '../../record/batch/batch.ts';
import { SETTINGS, type Settings } from '../../record/settings.ts';
import type { Cell, Figure, Table } from '../batch/story.ts';
import { type Told, tell } from '../batch/told.ts';
import { figureOf } from '../charts/draw.ts';
import { html, type Markup } from './markup.ts';
import { commandBox, pageOf, tableOf } from './page.ts';
import { type TypedSetting, typedSettings } from './repeat.ts';
import { MARK } from './run-words.ts';
import { settingsTable } from './settings-table.ts';
import { verdictBox } from './verdict-box.ts';

/** Of more runs in one row, the first are linked. */
const MOST_LINKS = 12;

/** Makes the report of what several runs showed together: one page that needs nothing else. */
export function batchReport(batch: Batch): string {
  const told = tell(batch);
  const { headline, about, cases, verdict, figures, table, notes } = told;
  const body = html`<p class="eyebrow">dogpile-lab · make ${batch.kind}</p>
<h1>${headline}</h1>
${verdictBox(cases, verdict, verdictWords(told))}
<p>${about}</p>
${figures.map(figureSection)}
${tableSection(table, notes)}
${repeatSection(batch)}`;
  return pageOf(`make ${batch.kind}: ${verdict} – dogpile-lab`, body);
}

/** Says what the verdict means. */
export const verdictWords = ({ verdict, whenPassed }: Told): string =>
  ({
    pass: whenPassed,
    fail: 'Something did not do what it should:',
    unknown: 'The records do not allow a verdict on everything. That does not count as a pass. The reasons:',
  })[verdict];

const figureSection = ({ title, chart, caption }: Figure): Markup => html`<h2>${title}</h2>
${figureOf(chart, html`${caption}`)}
`;

const tableSection = (
  { title, caption, titles, rows, isWordy }: Table,
  notes: readonly string[],
): Markup => html`<h2>${title}</h2>
<div class="${isWordy ? 'wordy' : 'dense'}">
${tableOf(
  caption,
  titles,
  rows.map(
    ([name, ...cells]) =>
      html`<th scope="row">${name}</th>${cells.map((cell, index) => cellOf(cell, titles[index + 1] ?? ''))}`,
  ),
)}
</div>
${notes.length > 0 ? html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>\n`)}</ul>` : ''}`;

/** Makes a cell. A narrow page shows its title above it. */
function cellOf(cell: Cell, title: string): Markup {
  if (typeof cell === 'string') {
    const [first = '', ...more] = cell.split('\n');
    return html`<td data-title="${title}">${first}${more.map((line) => html`<p>${line}</p>`)}</td>`;
  }
  if ('value' in cell)
    return html`<td>${cell.value}${cell.range === '' ? '' : html`<p class="range">${cell.range}</p>`}</td>`;
  if ('verdict' in cell)
    return html`<td class="result ${cell.verdict}">${cell.words ?? MARK[cell.verdict]}</td>`;
  const shown = cell.runs.slice(0, MOST_LINKS);
  const more = cell.runs.length - shown.length;
  return html`<td class="links" data-title="${title}">${shown.map((run, index) => linkTo(run, cell.words?.[index] ?? `${index + 1}`, title))}${more > 0 ? `and ${more} more` : ''}</td>`;
}

/** Links to a run's own report, which lies in the folder beside the batch's. */
function linkTo({ run, verdict, attempts }: BatchRun, words: string, title: string): Markup {
  const more = [...(verdict === 'pass' ? [] : [verdict]), ...(attempts > 1 ? [`attempt ${attempts}`] : [])];
  return html`<span><a href="../${encodeURIComponent(run)}/report.html" aria-label="${`${title}: ${words}`}">${words}</a>${more.length > 0 ? ` (${more.join(', ')})` : ''}</span> `;
}

const repeatSection = (batch: Batch): Markup => html`<h2>Repeat it</h2>
${commandBox(batch.command)}
<p>${batch.batch}, on a machine with ${batch.host.cpus} processors${batch.kind === 'leases' ? '' : ' that also carried the load'}; Node ${batch.host.node}. Milliseconds differ from machine to machine. Counts differ much less.${batch.kind === 'leases' ? '' : ' The links lead to each run’s own report, while its folder lies beside this one.'}</p>
${batch.kind === 'compare' ? settingsTable(sharedSettings(batch.settings), 'The settings that all runs share; bold: not the default') : ''}`;

/** Lists the settings but those that differ from run to run. */
const sharedSettings = (settings: Settings): TypedSetting[] =>
  typedSettings(settings).filter(
    ({ name }) => name !== SETTINGS.strategy.name && name !== SETTINGS.seed.name,
  );
