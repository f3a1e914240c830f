import type { BatchOf, ComparisonRow } from '../../record/batch/batch.ts';
import { earlyChart, expectedRecomputes } from '../charts/early.ts';
import { tradeoffChart } from '../charts/tradeoff.ts';
import { comparisonCells, comparisonTitles } from '../comparison-formats.ts';
import { formatCount, formatMean, formatMs, formatRecomputes } from '../html/figures.ts';
import { counted, type Figure, failuresIn, type Story } from './story.ts';

const CONTROL = 'none';
/** With fewer on average, people say that it is one. */
const ABOUT_ONE = 1.5;

/** Tells what `make compare` showed. */
export function compareStory({ rows, settings }: BatchOf<'compare'>): Story {
  const { replicas, ttlMs, recomputeMs, ratePerSecond } = settings;
  return {
    headline: headlineOf(rows),
    about:
      `A service keeps the result of a slow query in a cache for ${formatMs(ttlMs)}, and ${formatCount(ratePerSecond)} requests per second ask ${replicas} of its replicas for it. When the value has expired, ` +
      `the slow service behind the cache (the origin) needs ${formatMs(recomputeMs)} for a new one. If every request that comes meanwhile asks it too, that is a dogpile, or cache stampede. ` +
      'Each strategy against it ran under this same load.',
    cases: rows.map((row) => ({ name: row.strategy, verdict: row.verdict, detail: detailOf(row) })),
    whenPassed:
      'Each strategy kept what it promises; “none” promises only the stampede. A pass says that the figures can be trusted, not that they are good.',
    figures: [tradeoffFigure(rows), ...earlyFigures(rows, settings)],
    table: {
      title: 'All figures',
      caption: `${rangeText(rows.map(({ trials }) => trials))} trials and ${rangeText(rows.map(({ expiries }) => expiries))} expiries per strategy, in an order that was drawn at random`,
      titles: ['Strategy', 'Result', ...comparisonTitles, 'Runs'],
      rows: rows.map((row) => [
        row.strategy,
        { verdict: row.verdict },
        ...comparisonCells(row),
        { runs: row.runs },
      ]),
    },
    notes: [
      'In brackets: the 95 % interval of a bootstrap over the expiries, or, where the title says so, the range of the trials. Rows whose brackets overlap do not differ.',
      'Across expiry: the requests that were under way while a value was replaced. Longest beyond p99 of hits: by how much the slowest request took longer than 99 of 100 hits. Max staleness: how long past its TTL the oldest value was that anybody got.',
      'Counts differ little from machine to machine. Milliseconds do, so compare rows of one report.',
    ],
  };
}

function headlineOf(rows: readonly ComparisonRow[]): string {
  const judged = rows.filter(({ expiries }) => expiries > 0);
  const control = judged.find(({ strategy }) => strategy === CONTROL);
  const cures = rows.filter(({ strategy }) => strategy !== CONTROL);
  const good = judged.filter(
    (row) => cures.includes(row) && row.recomputesPerExpiry.value < ABOUT_ONE,
  ).length;
  const share = good === 1 && cures.length === 1 ? 'the cure' : `${good} of ${cures.length} cures`;
  if (!control)
    return 'The strategies ran under the same load; no expiry without a cure was judged to compare them with';
  const calls = counted(Math.round(control.recomputesPerExpiry.value), 'call');
  const without = `Without a cure, each expiry of the cached value cost the slow origin about ${calls}`;
  if (cures.length === 0) return without;
  return good === 0
    ? `${without}; no cure brought it down to one`
    : `${without}; with ${share} it cost about one`;
}

const detailOf = ({
  recomputesPerExpiry,
  acrossExpiryMs: { p99 },
  maxStalenessMs,
  runs,
  verdict,
}: ComparisonRow) =>
  [
    `${formatRecomputes(recomputesPerExpiry.value)} per expiry`,
    ...(p99 ? [`p99 at an expiry ${formatMs(p99.value)}`] : []),
    `at most ${formatMs(maxStalenessMs)} stale`,
    ...runs.filter((run) => verdict !== 'pass' && run.verdict === verdict).map(failuresIn),
  ].join('; ');

/** Writes the lowest and the highest count, or the one that all have. */
function rangeText(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

const meanText = (mean: number): string => formatMean(Number(mean.toFixed(2)));

const tradeoffFigure = (rows: readonly ComparisonRow[]): Figure => ({
  title: 'What each strategy costs',
  chart: tradeoffChart(rows),
  caption:
    'Further down is better for the origin; further to the left is better for whoever reads. Both scales are logarithmic. Fresh: nobody got a value past its TTL. ' +
    'p99: 99 of 100 requests that came while the value was replaced took at most this. A diamond: the strategy kept what it promises. A cross: it did not. A triangle: unknown.',
});

/** Compares XFetch with the formula of its paper, if it is among the strategies. */
function earlyFigures(
  rows: readonly ComparisonRow[],
  { beta, singleFlight, ratePerSecond, recomputeMs }: BatchOf<'compare'>['settings'],
): Figure[] {
  const row = rows.find(({ strategy, expiries }) => strategy === 'xfetch' && expiries > 0);
  if (!row) return [];
  const { value, interval } = row.recomputesPerExpiry;
  return [
    {
      title: 'XFetch, measured against e^(1/β)',
      chart: earlyChart([{ beta, mean: value, interval }]),
      caption: `${earlyCaption({ beta, singleFlight, arrivals: (ratePerSecond * recomputeMs) / 1000 })} The bar: the 95 % interval over ${row.expiries} expiries.`,
    },
  ];
}

/** Says under which conditions the formula holds, and whether the run met them. */
function earlyCaption({
  beta,
  singleFlight,
  arrivals,
}: {
  readonly beta: number;
  readonly singleFlight: boolean;
  readonly arrivals: number;
}): string {
  return (
    `The formula gives ${meanText(expectedRecomputes(beta))} at β = ${beta}. It holds without single-flight, for many requests per recompute (λδ ≫ 1). Here λδ was ${formatMean(arrivals)}. ` +
    (singleFlight
      ? 'Single-flight was on: callers in one replica share a recompute, so the mean should lie between 1 and the curve. SINGLE_FLIGHT=off measures the formula itself.'
      : 'Single-flight was off, so the mean should lie on the curve, but for chance.')
  );
}
