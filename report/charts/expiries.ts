import { type Chart, pictureOfMarks } from './draw.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';

const MOST_BARS = 150;
const [TOP, HEIGHT] = [22, 150];

/** Draws how many recomputes each expiry had. `bound`: the most that the strategy promises; undefined: it promises no bound. */
export function expiriesChart(recomputes: readonly number[], bound: number | undefined): Chart {
  const perBar = Math.max(1, Math.ceil(recomputes.length / MOST_BARS));
  const bars = Array.from({ length: Math.ceil(recomputes.length / perBar) }, (_, bar) =>
    Math.max(...recomputes.slice(bar * perBar, (bar + 1) * perBar)),
  );
  const most = Math.max(1, ...bars, bound !== undefined && bound <= 2 * Math.max(...bars) ? bound : 0);
  const values = bars.length <= 30 ? `: ${bars.join(', ')}` : `, at most ${Math.max(0, ...bars)}`;
  return {
    title: 'Recomputes per expiry',
    description: `${recomputes.length} expiries${values}.`,
    draw(width) {
      const isNarrow = width < 600;
      const heightOf = (count: number) => (count / most) * HEIGHT;
      const base = TOP + HEIGHT;
      const middle = (bar: number) => (bar + 0.5) * perBar + 0.5;
      // A few bars need not fill the page.
      const half = perBar * Math.min(0.4, 0.05 + 0.025 * bars.length);
      const isLabelled = bars.length <= (isNarrow ? 10 : 40);
      const marks = bars.flatMap((count, bar): Mark[] => [
        {
          ...{ kind: 'rect', from: middle(bar) - half, until: middle(bar) + half },
          ...{ top: base - heightOf(count), height: heightOf(count), fill: color('recompute') },
        },
        ...(isLabelled
          ? ([
              {
                ...{ kind: 'text', x: middle(bar), y: base - heightOf(count) - 9 },
                ...{ text: `${count}`, align: 'center' },
              },
            ] satisfies Mark[])
          : []),
      ]);
      const limit = base - heightOf(bound ?? 0);
      const isShown = bound !== undefined && bound <= most;
      return pictureOfMarks({
        ...{ width, height: base + 28, left: isNarrow ? 62 : 110 },
        axis: {
          from: 0.5,
          until: bars.length * perBar + 0.5,
          format: (value) => (Number.isInteger(value) && value > 0 ? `${value}` : ''),
        },
        marks: [
          {
            kind: 'text',
            dx: 0,
            y: base - 8,
            text: isNarrow ? 'expiry' : 'expiry number',
            fill: color('muted'),
            size: 11,
          },
          ...marks,
          ...(isShown
            ? ([
                {
                  ...{ kind: 'line', from: [0.5, limit], to: [bars.length * perBar + 0.5, limit] },
                  ...{ stroke: color('ink'), dashed: true },
                },
                {
                  kind: 'text',
                  dx: 0,
                  y: limit,
                  text: isNarrow ? `max ${bound}` : `promised: ${bound}`,
                  size: 11,
                },
              ] satisfies Mark[])
            : []),
        ],
      });
    },
  };
}
