import { LATENCY_EDGES_MS, type Latencies } from '../../judge/timeline/latencies.ts';
import { formatMs } from '../html/figures.ts';
import { type Chart, pictureOfMarks } from './draw.ts';
import type { Mark } from './marks.ts';
import { type Color, color } from './palette.ts';

const [ROW, TOP, BARS] = [64, 8, 36];

const COLOR_OF: Readonly<Record<string, Color>> = {
  hit: 'hit',
  stale: 'unknown',
  waited: 'wait',
  recomputed: 'recompute',
  early: 'lease',
  error: 'fail',
  timeout: 'fail',
};

/** Draws how long requests took, a row for each outcome, on a logarithmic scale. */
export function latencyChart(latencies: readonly Latencies[]): Chart {
  const used = latencies.flatMap(({ counts }) => counts.flatMap((count, part) => (count > 0 ? [part] : [])));
  const [first, last] = [Math.min(...used), Math.max(...used) + 1];
  const [from, until] = [decade(first, Math.floor), decade(last, Math.ceil)];
  return {
    title: 'Latency by outcome, on a logarithmic scale',
    description: latencies
      .map(
        ({ outcome, count, p50, p99, max }) =>
          `${outcome}: ${count} requests, p50 ${formatMs(p50)}, p99 ${formatMs(p99)}, longest ${formatMs(max)}.`,
      )
      .join(' '),
    draw(width) {
      const isNarrow = width < 600;
      const marks = latencies.flatMap((row, index) =>
        rowMarks(row, TOP + index * ROW, { from, until, isNarrow }),
      );
      return pictureOfMarks({
        ...{ width, height: TOP + latencies.length * ROW + 28, left: isNarrow ? 78 : 110, marks },
        axis: { from, until, isLogarithmic: true, showsEnds: true, format: formatMs },
      });
    },
  };
}

/** Gives the power of ten next to the beginning of a part. */
const decade = (part: number, round: (value: number) => number): number =>
  10 ** round(Math.log10(LATENCY_EDGES_MS[part] ?? 1) + (round === Math.ceil ? -1e-9 : 1e-9));

function rowMarks(
  { outcome, count, counts, p50, p99 }: Latencies,
  top: number,
  { from, until, isNarrow }: { from: number; until: number; isNarrow: boolean },
): Mark[] {
  const base = top + 14 + BARS;
  const most = Math.max(1, ...counts);
  const fill = color(COLOR_OF[outcome] ?? 'muted');
  const bars = counts.flatMap((inPart, part): Mark[] => {
    const height = Math.max(1, (inPart / most) * BARS);
    const [left = from, right = until] = [LATENCY_EDGES_MS[part], LATENCY_EDGES_MS[part + 1]];
    return inPart === 0 ? [] : [{ kind: 'rect', from: left, until: right, top: base - height, height, fill }];
  });
  const tick = (ms: number, text: string, align: 'left' | 'right'): Mark[] => [
    { kind: 'line', from: [clamp(ms), top + 12], to: [clamp(ms), base], stroke: color('ink') },
    { kind: 'text', x: clamp(ms), dx: align === 'left' ? 3 : -3, y: top + 8, text, size: 11, align },
  ];
  const clamp = (ms: number) => Math.min(until, Math.max(from, ms));
  const isClose = p99 / Math.max(p50, from) < (isNarrow ? 30 : 4);
  const isRight = Math.log(clamp(p99) / from) / Math.log(until / from) > (isNarrow ? 0.55 : 0.8);
  return [
    { kind: 'text', dx: 0, y: base - 20, text: outcome, bold: true },
    { kind: 'text', dx: 0, y: base - 4, text: `${count}`, fill: color('muted'), size: 11 },
    ...bars,
    { kind: 'line', from: [from, base], to: [until, base], stroke: color('grid') },
    ...(isClose && isRight
      ? tick(p99, `p50 ${formatMs(p50)}, p99 ${formatMs(p99)}`, 'right')
      : isClose
        ? tick(p99, `p50 ${formatMs(p50)}, p99 ${formatMs(p99)}`, 'left')
        : [
            ...tick(p50, `p50 ${formatMs(p50)}`, 'right'),
            ...tick(p99, `p99 ${formatMs(p99)}`, isRight ? 'right' : 'left'),
          ]),
    ...(isClose ? tick(p50, '', 'left') : []),
  ];
}
