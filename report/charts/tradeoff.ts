import type { ComparisonRow } from '../../record/batch/batch.ts';
import { formatMs, formatRecomputes } from '../html/figures.ts';
import { type Chart, type Picture, pictureOfMarks } from './draw.ts';
import { placeLabels } from './labels.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';

const [TOP, PLOT, BELOW, FOOT] = [52, 300, 64, 54];
/** What `pictureOfMarks` keeps free at the right. */
const RIGHT = 16;
/** How wide a character of a label is, about. */
const CHARACTER = 6.6;
/** What is staler by less is not stale at all: the clocks of two processes differ as much. */
const FRESH_MS = 1;

/** Says which strategies can be drawn: those that were judged at an expiry at all. */
const isDrawn = ({ expiries, recomputesPerExpiry }: ComparisonRow): boolean =>
  expiries > 0 && recomputesPerExpiry.value > 0;

/**
 * Draws each strategy by what it costs: to the right, how stale a value may be; upwards, how often the origin is called. Both
 * scales are logarithmic. Names stand beside the points, so that nothing depends on colour.
 */
export function tradeoffChart(rows: readonly ComparisonRow[]): Chart {
  // Those in the same place are listed by how long requests took.
  const drawn = rows
    .filter(isDrawn)
    .toSorted((a, b) => (a.acrossExpiryMs.p99?.value ?? 0) - (b.acrossExpiryMs.p99?.value ?? 0));
  return {
    title: 'Staleness against the load of the origin',
    description: drawn
      .map(
        ({ strategy, recomputesPerExpiry, maxStalenessMs }) =>
          `${strategy}: ${formatRecomputes(recomputesPerExpiry.value)} per expiry, ${staleText(maxStalenessMs)}.`,
      )
      .join(' '),
    draw: (width) => drawTradeoff(drawn, width),
  };
}

const staleText = (ms: number): string => (ms < FRESH_MS ? 'never stale' : `at most ${formatMs(ms)} stale`);

/** Gives the numbers 1, 2 and 5 with any zeros from the last one below these values to the first above. */
function stepsAround(least: number, most: number): number[] {
  const from = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(Math.log10(most)) - from + 1 }, (_, index) => from + index);
  const steps = powers.flatMap((power) =>
    [1, 2, 5].map((part) => Number((part * 10 ** power).toPrecision(3))),
  );
  const first = steps.findLastIndex((step) => step <= least);
  return steps.slice(Math.max(0, first), steps.findIndex((step) => step > most) + 1);
}

function drawTradeoff(rows: readonly ComparisonRow[], width: number): Picture {
  const isNarrow = width < 600;
  const left = isNarrow ? 44 : 64;
  const stale = rows.map(({ maxStalenessMs }) => maxStalenessMs).filter((ms) => ms >= FRESH_MS);
  const xSteps = stepsAround(Math.min(100, ...stale), Math.max(100, ...stale));
  const ySteps = stepsAround(1, Math.max(1, ...rows.map((row) => row.recomputesPerExpiry.value)));
  const [xFrom = 1, yMost = 1] = [xSteps[0], ySteps.at(-1)];
  // On the axis, 0 is fresh, and 1 the first step.
  const placeOf = (ms: number) => (ms < FRESH_MS ? 0 : 1 + Math.log10(ms / xFrom));
  const across = placeOf(xSteps.at(-1) ?? xFrom);
  const heightOf = (count: number) => TOP + PLOT * (1 - Math.log(Math.max(1, count)) / Math.log(yMost));
  const isLabelled = (ms: number) => !isNarrow || [xSteps[0], xSteps.at(-1)].includes(ms);
  const plot = width - left - RIGHT;
  const before = isNarrow ? 0.08 : 0.04;
  const pixelOf = (place: number) => left + ((place + before * across) / (across * (1 + before))) * plot;
  const points = rows.map((row) => ({
    x: pixelOf(placeOf(row.maxStalenessMs)),
    y: heightOf(row.recomputesPerExpiry.value),
  }));
  const texts = rows.map((row) => labelOf(row, isNarrow));
  const labels = placeLabels(
    points,
    texts.map((text) => text.length * CHARACTER),
    { left, right: width - 2, top: TOP - 8, bottom: TOP + PLOT + BELOW },
  );
  // Marks are placed by the axis, and moved by pixels from there.
  const fromAxis = (pixel: number) => ((pixel - left) / plot) * across * (1 + before) - before * across;
  const bottom = TOP + PLOT + BELOW;
  const marks: Mark[] = [
    { kind: 'text', dx: 0, y: 10, text: 'Recomputes per expiry: calls of the slow origin', bold: true },
    { kind: 'text', dx: 0, y: 26, text: '↑ more load   ↓ less load', fill: color('muted'), size: 11 },
    ...ySteps.flatMap((count): Mark[] => {
      const at = heightOf(count);
      return [
        { kind: 'line', from: [-before * across, at], to: [across, at], stroke: color('grid') },
        { kind: 'text', dx: left - 8, y: at, text: `${count}`, fill: color('muted'), align: 'right' },
      ];
    }),
    ...[0, ...xSteps].flatMap((ms): Mark[] => {
      const place = placeOf(ms);
      return [
        { kind: 'line', from: [place, TOP - 8], to: [place, bottom], stroke: color('grid') },
        {
          ...{ kind: 'text', x: place, y: bottom + 16, fill: color('muted') },
          ...{
            text: ms === 0 ? 'fresh' : isLabelled(ms) ? formatMs(ms) : '',
            align: place === across ? 'right' : 'center',
          },
        },
      ];
    }),
    { kind: 'line', from: [-before * across, bottom], to: [across, bottom], stroke: color('muted') },
    ...rows.flatMap((_, index): Mark[] => {
      const [point, label] = [points[index], labels[index]];
      if (!point || !label || Math.abs(label.y - point.y) < 4) return [];
      const end = label.x + (label.align === 'left' ? -2 : 2);
      return [
        {
          kind: 'line',
          from: [fromAxis(point.x), point.y],
          to: [fromAxis(end), label.y],
          stroke: color('muted'),
        },
      ];
    }),
    ...rows.flatMap(({ verdict }, index): Mark[] => {
      const point = points[index];
      return point ? [{ ...SIGNS[verdict], x: fromAxis(point.x), y: point.y }] : [];
    }),
    ...rows.flatMap(({ strategy }, index): Mark[] => {
      const label = labels[index];
      if (!label) return [];
      const { align } = label;
      const isBold = strategy === 'none';
      return [
        { kind: 'text', x: fromAxis(label.x), y: label.y, text: texts[index] ?? '', align, bold: isBold },
      ];
    }),
    {
      kind: 'text',
      x: across,
      y: bottom + 42,
      text: isNarrow
        ? 'Oldest value, past its TTL →'
        : 'How long past its TTL the oldest value was that anybody got →',
      align: 'right',
      bold: true,
    },
  ];
  return pictureOfMarks({
    ...{ width, height: bottom + FOOT, left, marks },
    axis: { from: -before * across, until: across, isHidden: true, format: () => '' },
  });
}

const SIGNS = {
  pass: { kind: 'sign', sign: 'diamond', fill: color('hit') },
  fail: { kind: 'sign', sign: 'cross', fill: color('fail') },
  unknown: { kind: 'sign', sign: 'triangle', fill: color('unknown') },
} as const;

/** Names a strategy, and how long the slowest requests of an expiry took, where there is room for that. */
function labelOf({ strategy, acrossExpiryMs: { p99 } }: ComparisonRow, isNarrow: boolean): string {
  return isNarrow || p99 === null ? strategy : `${strategy} · p99 ${formatMs(p99.value)}`;
}
