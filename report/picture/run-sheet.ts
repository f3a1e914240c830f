import type { Judged } from '../../judge/index.ts';
import { layingOut } from '../../judge/timeline/laid-out.ts';
import { type RunTimeline, timelineOf } from '../../judge/timeline/timeline.ts';
import type { RunData } from '../../record/facts.ts';
import { expiryChart } from '../charts/expiry-chart.ts';
import { overTimeChart } from '../charts/over-time.ts';
import { formatCount, formatMs } from '../html/figures.ts';
import { type LegendItem, legendItems } from '../html/legend.ts';
import { headlineOf, verdictWords } from '../html/run-words.ts';
import { expiryOf } from '../lanes/chosen-expiry.ts';
import { wrapped } from '../wrapped.ts';
import { chartAt, type Line, linesFromTop, type Sheet, SIGN_WIDTH, signAt, within } from './svg-file.ts';

const WIDTH = 760;
/** How many recomputes of one expiry are drawn at most. */
const MOST_DRAWN = 1500;
const [TITLE, SMALL, KEY] = [22, 14, 13];
/** As many letters of these sizes fit into a line, in any common font. */
const [TITLE_LETTERS, SMALL_LETTERS] = [54, 84];
/** The most that a letter of the key takes on average, and the height of one of its rows. */
const [KEY_LETTER, KEY_ROW] = [7.4, 22];

/**
 * Lays out the main picture of a judged run: what happened, the verdict, and one expiry replica by replica. A run without an expiry
 * shows the whole run. Reads the run's arrivals once.
 */
export function runSheet(judged: Judged, run: RunData): Sheet {
  const laidOut = layingOut(run);
  const chosen = expiryOf(run, laidOut);
  const view = timelineOf(run, { window: chosen?.window, mostSpans: MOST_DRAWN }, laidOut);
  const chart = chosen ? expiryChart(chosen, view, judged) : overTimeChart(view);
  const picture = chart.draw(within(WIDTH));
  const headline = headlineOf(judged.record, judged.evidence.claim);
  const words = linesFromTop([
    ...wrapped('', headline, TITLE_LETTERS).map((text): Line => ({ text, size: TITLE, bold: true })),
    { text: settingWords(judged), size: SMALL, color: 'muted' },
    ...verdictLines(judged),
  ]);
  const rows = chosen ? keyRows(view) : [];
  const keyTop = words.bottom + picture.height + KEY_ROW / 2;
  return {
    ...{ width: WIDTH, height: Math.ceil(keyTop + rows.length * KEY_ROW) },
    description: `${headline}. ${chart.title}. ${chart.description}`,
    parts: [
      ...words.parts,
      chartAt(words.bottom, picture),
      ...rows.flatMap((row, index) =>
        row.map(({ x, item }) => signAt(x, keyTop + index * KEY_ROW, item.shape, item.words, KEY)),
      ),
    ],
  };
}

function settingWords({ record: { strategy, fault, config } }: Judged): string {
  const { replicas, ratePerSecond, ttlMs, recomputeMs } = config;
  return [
    'dogpile-lab',
    fault === null ? strategy : `${strategy} under ${fault}`,
    `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
    `${formatCount(ratePerSecond)} requests per second`,
    `TTL ${formatMs(ttlMs)}`,
    `recompute ${formatMs(recomputeMs)}`,
  ].join(' · ');
}

function verdictLines({ record, evidence: { claim } }: Judged): Line[] {
  const { verdict, checks, config } = record;
  const bad = verdict === 'pass' ? [] : checks.filter((check) => check.verdict === verdict);
  const words = `${verdictWords(record, claim, config)} ${bad.map(({ name }) => name).join(', ')}`;
  const label = { text: verdict.toUpperCase(), color: verdict };
  return wrapped('', words.trim(), SMALL_LETTERS).map((text, index) => ({
    ...{ text, size: SMALL },
    ...(index === 0 && { label }),
  }));
}

interface KeyEntry {
  readonly x: number;
  readonly item: LegendItem;
}

/** Puts the key of a picture of lanes into as many rows as it needs. */
function keyRows(view: RunTimeline): KeyEntry[][] {
  const rows: KeyEntry[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const item of legendItems(view)) {
    const width = SIGN_WIDTH + item.words.length * KEY_LETTER;
    if (x + width > within(WIDTH)) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ x, item });
    x += width;
  }
  return rows;
}
