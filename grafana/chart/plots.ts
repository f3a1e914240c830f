import type { Series, TimeRange } from '../../prometheus/api.ts';
import { colorOf, FRAME_WIDTH, LEFT, PLOT, rect, round, spelled, text, ticksTo, xOf } from './frame.ts';

/** What is drawn below a title: its height and its SVG, from its own top on. */
export interface Plot {
  readonly height: number;
  readonly svg: string;
}

export interface Line {
  readonly name: string;
  readonly bound: boolean;
  readonly points: Series['points'];
}

const HEIGHT = 120;
const ROW = 18;

const finite = (points: Series['points']) => points.filter(([, value]) => Number.isFinite(value));

function axis(ticks: readonly number[], unit: string): string {
  const top = ticks.at(-1) ?? 1;
  return ticks
    .map((tick) => {
      const y = HEIGHT - (tick / top) * HEIGHT;
      const line = `<line x1="${LEFT}" x2="${FRAME_WIDTH - 16}" y1="${round(y)}" y2="${round(y)}" stroke="#ddd"/>`;
      return line + text(LEFT - 6, y + 4, spelled(tick, unit), 'text-anchor="end"');
    })
    .join('');
}

function legend(lines: readonly Line[], top: number): Plot {
  let x = LEFT;
  let y = top + 14;
  const items = lines.map(({ name, bound }, index) => {
    const width = 26 + name.length * 6.4;
    if (x + width > FRAME_WIDTH) [x, y] = [LEFT, y + 16];
    const item = rect(x, y - 8, 12, bound ? 2 : 9, bound ? '#d11' : colorOf(index)) + text(x + 17, y, name);
    x += width;
    return item;
  });
  return { height: y + 8, svg: items.join('') };
}

/** Bars that add up at each second. */
export function stacked(lines: readonly Line[], unit: string, range: TimeRange): Plot {
  const sums = new Map<number, number>();
  const stacks = lines.map(({ points }) =>
    finite(points).map(([seconds, value]) => {
      const from = sums.get(seconds) ?? 0;
      sums.set(seconds, from + value);
      return { seconds, from, to: from + value };
    }),
  );
  const ticks = ticksTo(Math.max(0, ...sums.values()));
  const scale = HEIGHT / (ticks.at(-1) ?? 1);
  const width = PLOT / (range.end - range.start);
  const bars = stacks.flatMap((stack, index) =>
    stack
      .filter(({ from, to }) => to > from)
      .map(({ seconds, from, to }) =>
        rect(
          xOf(seconds, range) - width,
          HEIGHT - to * scale,
          width * 0.9,
          (to - from) * scale,
          colorOf(index),
        ),
      ),
  );
  const key = legend(lines, HEIGHT + 4);
  return { height: key.height, svg: axis(ticks, unit) + bars.join('') + key.svg };
}

/** Steps, and dashed ones for what they are held against. */
export function steps(lines: readonly Line[], unit: string, range: TimeRange): Plot {
  const ticks = ticksTo(
    Math.max(0, ...lines.flatMap(({ points }) => finite(points).map(([, value]) => value))),
  );
  const scale = HEIGHT / (ticks.at(-1) ?? 1);
  const paths = lines.map(({ points, bound }, index) => {
    let before: number | undefined;
    const path = finite(points).map(([seconds, value]) => {
      const [x, y] = [round(xOf(seconds, range)), round(HEIGHT - value * scale)];
      const move = before === undefined || seconds - before > 1.5 ? `M${x} ${y}` : `H${x}V${y}`;
      before = seconds;
      return move;
    });
    const look = bound ? 'stroke="#d11" stroke-dasharray="6 4"' : `stroke="${colorOf(index)}"`;
    return `<path d="${path.join('')}" fill="none" stroke-width="1.6" ${look}/>`;
  });
  const key = legend(lines, HEIGHT + 4);
  return { height: key.height, svg: axis(ticks, unit) + paths.join('') + key.svg };
}

/** A band a series, coloured by what its value is called; without a name it stays empty. */
export function bands(
  lines: readonly Line[],
  named: Readonly<Record<string, { readonly text: string; readonly color: string }>>,
  range: TimeRange,
): Plot {
  const width = PLOT / (range.end - range.start);
  const rows = lines.map(({ name, points }, index) => {
    const y = index * ROW;
    const cells = points.map(([seconds, value]) => {
      const state = named[value];
      return state?.text ? rect(xOf(seconds, range) - width, y + 2, width + 0.3, ROW - 4, state.color) : '';
    });
    return text(LEFT - 6, y + 13, name, 'text-anchor="end"') + cells.join('');
  });
  const states = Object.values(named).filter(({ text }) => text);
  const y = lines.length * ROW + 14;
  const key = states.map(({ text: name, color }, index) => {
    const x = LEFT + index * 110;
    return rect(x, y - 8, 12, 9, color) + text(x + 17, y, name);
  });
  return { height: y + 8, svg: rows.join('') + key.join('') };
}

/** A histogram's buckets, given with their cumulative counts: the more in a second, the darker. */
export function heat(lines: readonly Line[], unit: string, range: TimeRange): Plot {
  const buckets = lines
    .map((line) => ({ ...line, bound: Number(line.name.replace('+Inf', 'Infinity')) }))
    .sort((a, b) => a.bound - b.bound);
  const width = PLOT / (range.end - range.start);
  const row = HEIGHT / Math.max(1, buckets.length);
  const counts = buckets.map(({ points }, index) => {
    const below = new Map(buckets[index - 1]?.points ?? []);
    return points.map(([seconds, value]) => ({ seconds, count: value - (below.get(seconds) ?? 0) }));
  });
  const most = Math.max(1, ...counts.flat().map(({ count }) => count));
  const cells = counts.flatMap((cell, index) =>
    cell
      .filter(({ count }) => count > 0.01)
      .map(({ seconds, count }) =>
        rect(
          xOf(seconds, range) - width,
          HEIGHT - (index + 1) * row,
          width,
          row,
          '#c4421a',
          `fill-opacity="${round(0.15 + 0.85 * Math.sqrt(count / most))}"`,
        ),
      ),
  );
  const labels = buckets.map(({ bound, name }, index) =>
    index % 2 === 0
      ? text(
          LEFT - 6,
          HEIGHT - index * row - row / 2 + 4,
          name === '+Inf' ? 'more' : spelled(bound, unit),
          'text-anchor="end"',
        )
      : '',
  );
  const frame = `<rect x="${LEFT}" y="0" width="${PLOT}" height="${HEIGHT}" fill="none" stroke="#ddd"/>`;
  return { height: HEIGHT + 8, svg: frame + cells.join('') + labels.join('') };
}

/** One bar a series, its value beside it, red from `bad` on. */
export function gauges(lines: readonly Line[], unit: string, bad: number): Plot {
  const values = lines.map(({ name, points }) => ({ name, value: points[0]?.[1] ?? 0 }));
  const most = Math.max(...values.map(({ value }) => value), 1e-9);
  const rows = values.map(({ name, value }, index) => {
    const [y, width] = [index * ROW, (value / most) * (PLOT - 160)];
    return (
      text(LEFT + 74, y + 13, name, 'text-anchor="end"') +
      rect(LEFT + 80, y + 3, Math.max(1, width), ROW - 6, value >= bad ? '#d14a61' : '#3a9e5f') +
      text(LEFT + 86 + width, y + 13, spelled(value, unit))
    );
  });
  return { height: lines.length * ROW + 4, svg: rows.join('') };
}
