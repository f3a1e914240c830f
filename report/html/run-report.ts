import type { Judged } from '../../judge/index.ts';
import { layingOut } from '../../judge/timeline/laid-out.ts';
import { type RunTimeline, timelinesOf } from '../../judge/timeline/timeline.ts';
import type { RunData } from '../../record/facts.ts';
import { figureOf } from '../charts/draw.ts';
import { expiriesChart } from '../charts/expiries.ts';
import { expiryChart } from '../charts/expiry-chart.ts';
import { latencyChart } from '../charts/latency.ts';
import { MOST_DASHED, overTimeChart } from '../charts/over-time.ts';
import { namesOf, WORDS_FOR } from '../foreign/words.ts';
import { type ChosenExpiry, expiryOf } from '../lanes/chosen-expiry.ts';
import { formatCount, formatMean, formatMs } from './figures.ts';
import { lanesLegend } from './legend.ts';
import { html, type Markup } from './markup.ts';
import { commandBox, pageOf, tableOf } from './page.ts';
import { repeatCommand, typedSettings } from './repeat.ts';
import { headlineOf, MARK, storyOf, verdictWords, waitsOf } from './run-words.ts';
import { settingsTable } from './settings-table.ts';
import { verdictBox } from './verdict-box.ts';

/** How many recomputes of one expiry are drawn at most. */
const MOST_DRAWN = 1500;

/** Makes the report of a judged run: one page that needs nothing else. Reads the run's arrivals once. */
export function runReport({ record, evidence }: Judged, run: RunData): string {
  // The judge has laid out a user's own service already.
  const laidOut = evidence.foreign
    ? { cycles: evidence.cycles, arrivals: evidence.arrivals }
    : layingOut(run);
  const chosen = expiryOf(run, laidOut);
  const views = [{}, ...(chosen ? [{ window: chosen.window, mostSpans: MOST_DRAWN }] : [])];
  const [whole, view] = timelinesOf(run, views, laidOut);
  const { claim, judged } = evidence;
  const { config } = record;
  const fault = record.fault === null ? '' : ` under ${record.fault}`;
  const body = html`<p class="eyebrow">dogpile-lab · ${record.strategy}${fault} · ${config.replicas} replicas</p>
<h1>${headlineOf(record, claim)}</h1>
<p>${waitsOf(record)}</p>
${verdictBox(record.checks, record.verdict, verdictWords(record, claim, config))}
${tiles({ record, evidence })}
<p>${storyOf(record)}</p>
${behaviourOf(record)}
${chosen && view ? expirySection(chosen, view, { record, evidence }) : ''}
${whole && whole.requests.latencies.length > 0 ? latencySection(whole) : ''}
${
  judged.length > 0
    ? expiriesSection(
        judged.map(({ recomputes }) => recomputes.length),
        claim.recomputesPerExpiry(config).max,
      )
    : ''
}
${whole ? overTimeSection(whole) : ''}
${checksSection(record)}
${settingsSection(record)}`;
  return pageOf(`${record.strategy}${fault}: ${record.verdict} – dogpile-lab`, body);
}

function tiles({
  record: { origin, latencyMs, stalenessMs, expiries },
}: Pick<Judged, 'record' | 'evidence'>): Markup {
  const tile = (name: string, figure: string, more: string) =>
    html`<div><dt>${name}</dt><dd>${figure}<span>${more}</span></dd></div>\n`;
  const { acrossExpiry } = latencyMs;
  return html`<dl class="tiles">
${tile('Recomputes per expiry', formatMean(origin.perExpiry.mean), `at most ${origin.perExpiry.max}, over ${expiries} expiries`)}
${tile('Calls of the origin at once', `${origin.maxConcurrent}`, 'at most, those that queue not counted')}
${tile('Latency at an expiry, p99', acrossExpiry ? formatMs(acrossExpiry.p99) : '–', acrossExpiry ? `99 of 100 took at most this; the slowest ${formatMs(acrossExpiry.max)}` : 'no request was under way')}
${tile('Served past its TTL', stalenessMs ? (stalenessMs.max === 0 ? 'never' : formatMs(stalenessMs.max)) : '–', 'how long past its TTL the oldest value was')}
</dl>`;
}

function expirySection(
  chosen: ChosenExpiry,
  view: RunTimeline,
  judged: Pick<Judged, 'record' | 'evidence'>,
): Markup {
  const { number, why } = chosen;
  const { leftOut } = view.recomputes;
  const name = number > 0 ? `Expiry ${number}` : 'An expiry';
  return html`<h2>What happens when the value expires</h2>
<p>${name} of the run, ${why}. Time runs from left to right; each lane is one replica of the service.${leftOut > 0 ? ` ${leftOut} more recomputes are not drawn.` : ''}</p>
${figureOf(expiryChart(chosen, view, judged), lanesLegend(view))}`;
}

const latencySection = ({
  requests: { latencies },
}: RunTimeline): Markup => html`<h2>How long requests took</h2>
${figureOf(
  latencyChart(latencies),
  html`One row per outcome: how a request was served. The higher a bar, the more of the row’s requests took that long. Each step to the right on the scale is ten times as long. Counted once the run was warm.`,
)}
${tableOf(
  'Latency by outcome, once the run was warm',
  ['Outcome', 'Requests', 'p50', 'p99', 'Longest'],
  latencies.map(
    ({ outcome, count, p50, p99, max }) =>
      html`<th scope="row">${outcome}</th><td>${formatCount(count)}</td><td>${formatMs(p50)}</td><td>${formatMs(p99)}</td><td>${formatMs(max)}</td>`,
  ),
)}`;

const expiriesSection = (
  recomputes: readonly number[],
  bound: number | undefined,
): Markup => html`<h2>Recomputes per expiry</h2>
${figureOf(
  expiriesChart(recomputes, bound),
  html`How often the origin was called for each expiry that was judged. ${bound === undefined ? 'The strategy promises no bound.' : `The strategy promises at most ${bound}.`}`,
)}`;

const overTimeSection = (whole: RunTimeline): Markup => html`<h2>The whole run</h2>
${figureOf(
  overTimeChart(whole),
  html`It begins when all connections were open, or when the first recompute began if that was earlier.${whole.expiries.listed.length <= MOST_DASHED ? ' Dashed: the expiries that were judged.' : ''} <b>slowest answer</b>: the longest time of those that ended then. <b>origin calls</b>: running and queued. <b>oldest value</b>: its age, from the beginning of its recompute.`,
)}`;

/** Says what a user's own service behaves like. */
const behaviourOf = ({ behavesLike, attribution }: Judged['record']): Markup =>
  behavesLike && attribution
    ? html`<p>It behaves like <strong>${namesOf(behavesLike)}</strong>: ${behavesLike.why}. An expiry is known by ${WORDS_FOR[attribution]}.</p>`
    : html``;

const checksSection = ({
  checks,
  notVisible = [],
}: Judged['record']): Markup => html`<h2>The checks and their evidence</h2>
${tableOf(
  'Each check is one question about the recorded events',
  ['Result', 'Check', 'What was seen'],
  [
    ...checks.map(
      ({ name, verdict, detail }) =>
        html`<td class="result ${verdict}">${MARK[verdict]}</td><th scope="row">${name}</th><td>${detail}</td>`,
    ),
    ...notVisible.map(
      ({ name, why }) =>
        html`<td class="result">– not visible</td><th scope="row">${name}</th><td>It would have to see ${why}.</td>`,
    ),
  ],
)}`;

const settingsSection = ({
  config,
  host,
  runtime,
  run,
  redis,
}: Judged['record']): Markup => html`<h2>Repeat it</h2>
${commandBox(repeatCommand(config, runtime))}
<p>Run ${run}, ${runtime === 'compose' ? 'in containers' : 'as local processes'}, on a machine with ${host.cpus} processors that also carried the load; Node ${host.node}, Redis ${host.redis}${redis.commandsPerRequest === null ? '' : `, ${redis.commandsPerRequest.toFixed(2)} Redis commands per request`}. Milliseconds differ from machine to machine. Counts differ much less.</p>
${settingsTable(typedSettings(config), 'The settings of the run; bold: not the default')}`;
