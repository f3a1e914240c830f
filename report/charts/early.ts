import { formatMean } from '../html/figures.ts';
import { type Chart, pictureOfMarks } from './draw.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';

/** What XFetch was measured to do at one β. */
export interface EarlyPoint {
  readonly beta: number;
  /** The mean of the recomputes per expiry, and how far it may be off. */
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | null;
}

const [TOP, PLOT, FOOT] = [48, 220, 54];
/** The curve is drawn over these β at least. */
const SHOWN = [0.5, 3] as const;
const STEPS = 60;

/** Gives the recomputes per expiry that XFetch brings about in the limit λδ ≫ 1, without single-flight. */
export const expectedRecomputes = (beta: number): number => Math.exp(1 / beta);

/** Draws the curve e^(1/β), and beside it what was measured. */
export function earlyChart(points: readonly EarlyPoint[]): Chart {
  const betas = points.map(({ beta }) => beta);
  const [from, until] = [Math.min(SHOWN[0], ...betas), Math.max(SHOWN[1], ...betas)];
  const most = Math.ceil(
    Math.max(
      ...[SHOWN[0], ...betas].map(expectedRecomputes),
      ...points.map(({ mean, interval }) => interval?.[1] ?? mean),
    ),
  );
  return {
    title: 'XFetch: recomputes per expiry against e^(1/β)',
    description: points.map(describe).join(' '),
    draw(width) {
      const left = width < 600 ? 44 : 64;
      // A logarithmic scale, since β may be small.
      const heightOf = (count: number) => TOP + PLOT * (1 - Math.log(Math.max(1, count)) / Math.log(most));
      const bottom = TOP + PLOT;
      const curve = Array.from({ length: STEPS + 1 }, (_, step) => {
        const beta = from * (until / from) ** (step / STEPS);
        return [beta, heightOf(expectedRecomputes(beta))] as const;
      });
      const counts = [1, 2, 3, 5, 10, 20, 50, 100, 1000, 10_000].filter((count) => count <= most);
      const marks: Mark[] = [
        { kind: 'text', dx: 0, y: 10, text: 'Recomputes per expiry, mean', bold: true },
        ...counts.flatMap((count): Mark[] => [
          {
            kind: 'line',
            from: [from, heightOf(count)],
            to: [until, heightOf(count)],
            stroke: color('grid'),
          },
          {
            ...{ kind: 'text', dx: left - 8, y: heightOf(count), text: `${count}` },
            ...{ fill: color('muted'), align: 'right' },
          },
        ]),
        ...[0.1, 0.2, 0.5, 1, 2, 3, 5, 10]
          .filter((beta) => beta >= from && beta <= until)
          .flatMap((beta): Mark[] => [
            { kind: 'line', from: [beta, bottom], to: [beta, bottom + 5], stroke: color('muted') },
            {
              ...{ kind: 'text', x: beta, y: bottom + 16, text: `${beta}`, fill: color('muted') },
              align: beta === until ? 'right' : 'center',
            },
          ]),
        { kind: 'line', from: [from, bottom], to: [until, bottom], stroke: color('muted') },
        ...curve.slice(1).map((point, index): Mark => {
          const before = curve[index] ?? point;
          return { kind: 'line', from: before, to: point, stroke: color('lease'), width: 2, dashed: false };
        }),
        ...points.flatMap((point) => pointMarks(point, heightOf)),
        {
          ...{ kind: 'text', x: until, y: bottom + 40, align: 'right', bold: true },
          text: width < 600 ? 'β: above 1 it is earlier →' : 'β: above 1 it recomputes earlier →',
        },
      ];
      return pictureOfMarks({
        ...{ width, height: bottom + FOOT, left, marks },
        axis: { from, until, isLogarithmic: true, isHidden: true, format: () => '' },
      });
    },
  };
}

const describe = ({ beta, mean, interval }: EarlyPoint): string =>
  `At β = ${beta}: measured ${rounded(mean)}${interval ? `, from ${rounded(interval[0])} to ${rounded(interval[1])}` : ''}; e^(1/β) is ${rounded(expectedRecomputes(beta))}.`;

const rounded = (value: number): string => formatMean(Number(value.toFixed(2)));

/** Marks what was measured, and what the curve says there. Words stand on the side where the curve is not. */
function pointMarks({ beta, mean, interval }: EarlyPoint, heightOf: (count: number) => number): Mark[] {
  const [y, expected] = [heightOf(mean), expectedRecomputes(beta)];
  const isBelow = mean < expected;
  const [low, high] = interval ?? [mean, mean];
  return [
    {
      ...{ kind: 'line', from: [beta, heightOf(low)], to: [beta, heightOf(high)] },
      ...{ stroke: color('ink'), width: 2 },
    },
    {
      ...{ kind: 'text', x: beta, dx: 10, y: heightOf(expected) - 12, fill: color('lease'), bold: true },
      text: `e^(1/β) = ${rounded(expected)}`,
    },
    { kind: 'sign', sign: 'diamond', x: beta, y, fill: color('hit') },
    {
      ...{ kind: 'text', x: beta, dx: isBelow ? -12 : 12, y: isBelow ? y + 4 : y - 12, bold: true },
      ...{ text: `measured: ${rounded(mean)}`, align: isBelow ? 'right' : 'left' },
    },
  ];
}
