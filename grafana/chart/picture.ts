import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Answers, Series, TimeRange } from '../../prometheus/api.ts';
import { asAsked } from '../queries.ts';
import { FRAME_WIDTH, rect, text, xOf } from './frame.ts';
import { bands, gauges, heat, type Line, type Plot, stacked, steps } from './plots.ts';

interface PanelTarget {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
}

const named = (legend: string, { metric }: Series): string =>
  legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');

/** What stands for the second before it would begin left of the chart. */
const visible = ({ points }: Series, { start }: TimeRange) => points.filter(([seconds]) => seconds > start);

/** What a panel would show: its own queries, asked of Prometheus. */
async function plotOf(panel: Panel, prometheus: Answers, range: TimeRange): Promise<Plot> {
  const lines: Line[] = [];
  const dashed = new Set(
    (panel.fieldConfig?.overrides ?? [])
      .filter(({ matcher }) => matcher.id === 'byFrameRefID')
      .map(({ matcher }) => matcher.options),
  );
  for (const { refId, expr, legendFormat } of (panel.targets ?? []) as unknown as PanelTarget[]) {
    const asked = asAsked(expr, range);
    const found = await (panel.type === 'bargauge'
      ? prometheus.at(asked, range.end)
      : prometheus.over(asked, range));
    for (const series of found)
      lines.push({
        name: named(legendFormat, series),
        bound: dashed.has(refId),
        points: visible(series, range),
      });
  }
  lines.sort((a, b) => Number(a.bound) - Number(b.bound) || a.name.localeCompare(b.name));
  const { unit = '', mappings = [], thresholds, custom } = panel.fieldConfig?.defaults ?? {};
  switch (panel.type) {
    case 'heatmap':
      return heat(lines, unit, range);
    case 'bargauge':
      return gauges(lines, unit, thresholds?.steps.at(-1)?.value ?? Number.POSITIVE_INFINITY);
    case 'state-timeline':
      return bands(lines, stateColors(mappings), range);
    default:
      return (custom as { drawStyle?: string })?.drawStyle === 'bars'
        ? stacked(lines, unit, range)
        : steps(lines, unit, range);
  }
}

/** Grafana's named colours, as far as the boards use them. */
const PAINT: Record<string, string> = {
  'semi-dark-blue': '#a9c4ec',
  'light-blue': '#1f55a8',
  green: '#3a9e5f',
  red: '#d14a61',
};

function stateColors(mappings: readonly unknown[]) {
  const [mapping] = mappings as { options: Record<string, { text: string; color: string }> }[];
  return Object.fromEntries(
    Object.entries(mapping?.options ?? {}).map(([value, state]) => [
      value,
      { text: state.text, color: PAINT[state.color] ?? state.color },
    ]),
  );
}

export interface Mark {
  readonly seconds: number;
  readonly color: string;
}

/** The moments that the board's annotations give. */
async function marksOf(board: Dashboard, prometheus: Answers, range: TimeRange): Promise<Mark[]> {
  const marks = new Map<number, Mark>();
  for (const { target, iconColor } of board.annotations?.list ?? []) {
    const { expr } = target as unknown as PanelTarget;
    for (const { points } of await prometheus.over(asAsked(expr, range), range)) {
      for (const [, ms] of points) marks.set(ms, { seconds: ms / 1000, color: iconColor });
    }
  }
  return [...marks.values()].filter(({ seconds }) => seconds >= range.start && seconds <= range.end);
}

/** Some panels of a board below each other, as SVG, over the range. */
export async function picture(
  board: Dashboard,
  titles: readonly string[],
  caption: string,
  prometheus: Answers,
  range: TimeRange,
): Promise<string> {
  const marks = await marksOf(board, prometheus, range);
  let y = 30;
  const parts = [text(16, 20, `${board.title}: ${caption}`, 'font-size="14" font-weight="bold"')];
  for (const title of titles) {
    const panel = (board.panels ?? []).find((candidate): candidate is Panel => candidate.title === title);
    if (!panel) throw new Error(`${board.title} has no panel ${title}`);
    const plot = await plotOf(panel, prometheus, range);
    const lines =
      panel.type === 'bargauge'
        ? []
        : marks.map(({ seconds, color }) => {
            const x = xOf(seconds, range);
            return `<line x1="${x}" x2="${x}" y1="0" y2="${plot.height - 22}" stroke="${color}" stroke-dasharray="2 3"/>`;
          });
    parts.push(text(16, y + 14, title, 'font-weight="bold"'));
    parts.push(`<g transform="translate(0 ${y + 24})">${lines.join('')}${plot.svg}</g>`);
    y += plot.height + 40;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${FRAME_WIDTH}" height="${y}" font-family="sans-serif" font-size="11" fill="#222">`,
    rect(0, 0, FRAME_WIDTH, y, '#fff'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
