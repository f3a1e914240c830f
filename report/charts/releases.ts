import { LEASE_FAULTS, type LeaseRow } from '../../record/batch/batch.ts';
import { formatMs } from '../html/figures.ts';
import { releaseText } from '../lease-matrix.ts';
import { type Chart, pictureOfMarks } from './draw.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';

const [ROW, TOP, FOOT] = [34, 30, 30];
/** A release within less is at once. */
const LEAST_MS = 1;
/** Marks that are nearer to each other than this, in pixels, take turns in height. */
const NEAR = 17;

const LETTERS: Readonly<Record<(typeof LEASE_FAULTS)[number], string>> = {
  killed: 'K',
  paused: 'P',
  restart: 'R',
  cut: 'C',
};

/** Draws after how long somebody else was granted each kind of lease, a letter for each fault, on a logarithmic scale. */
export function releasesChart(rows: readonly LeaseRow[], neverMs: number): Chart {
  return {
    title: 'How long until somebody else gets the lock, on a logarithmic scale',
    description: rows
      .map(
        ({ name, faults }) =>
          `${name}: ${LEASE_FAULTS.flatMap((fault) => (faults[fault] ? [`${fault} ${releaseText(faults[fault])}`] : [])).join(', ')}.`,
      )
      .join(' '),
    draw(width) {
      const isNarrow = width < 600;
      const left = isNarrow ? 124 : 150;
      const from = Math.log10(LEAST_MS);
      const never = Math.log10(neverMs) + (isNarrow ? 0.45 : 0.3);
      const until = never + 0.15;
      const bottom = TOP + rows.length * ROW;
      const decades = Array.from({ length: Math.floor(Math.log10(neverMs)) + 1 }, (_, power) => power);
      const perPixel = (until - from) / (width - left - 16);
      const marks: Mark[] = [
        ...decades.flatMap((power): Mark[] => [
          { kind: 'line', from: [power, TOP - 8], to: [power, bottom], stroke: color('grid') },
          {
            kind: 'text',
            x: power,
            y: bottom + 14,
            text: formatMs(10 ** power),
            fill: color('muted'),
            align: 'center',
          },
        ]),
        { kind: 'line', from: [never, TOP - 8], to: [never, bottom], stroke: color('fail'), dashed: true },
        {
          kind: 'text',
          x: never,
          y: bottom + 14,
          text: 'never',
          fill: color('fail'),
          align: 'center',
          bold: true,
        },
        {
          ...{ kind: 'text', dx: 0, y: 10, fill: color('muted') },
          text: LEASE_FAULTS.map((fault) => `${LETTERS[fault]} ${fault}`).join(' · '),
        },
        ...rows.flatMap((row, index) =>
          rowMarks(row, TOP + index * ROW + ROW / 2, { from, until, never, near: NEAR * perPixel }),
        ),
      ];
      return pictureOfMarks({
        ...{ width, height: bottom + FOOT, left, marks },
        axis: { from, until, isHidden: true, format: () => '' },
      });
    },
  };
}

function rowMarks(
  { name, faults }: LeaseRow,
  y: number,
  { from, until, never, near }: { from: number; until: number; never: number; near: number },
): Mark[] {
  const seen = LEASE_FAULTS.flatMap((fault) => {
    const released = faults[fault];
    if (!released) return [];
    const { afterMs } = released;
    return [{ fault, x: afterMs === null ? never : Math.max(from, Math.log10(Math.max(LEAST_MS, afterMs))) }];
  }).toSorted((a, b) => a.x - b.x);
  let last = Number.NEGATIVE_INFINITY;
  const letters = seen.map(({ fault, x }): Mark => {
    // Letters that would cover each other stand side by side.
    const at = Math.max(x, last + near);
    last = at;
    return {
      ...{ kind: 'text', x: at, y, text: LETTERS[fault], align: 'center', bold: true, size: 13 },
      fill: color(x === never ? 'fail' : 'lease'),
    };
  });
  return [
    { kind: 'line', from: [from, y], to: [until, y], stroke: color('grid') },
    { kind: 'text', dx: 0, y, text: name },
    ...letters,
  ];
}
