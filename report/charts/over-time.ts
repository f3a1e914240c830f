import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import { formatMs } from '../html/figures.ts';
import { type Chart, pictureOfMarks } from './draw.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';

const [PANEL, GAP, TOP] = [80, 22, 18];
/** With more expiries than these, their lines would cover the chart. */
export const MOST_DASHED = 60;

/** Draws the whole run: the slowest answers, the calls at the origin, and how old the served value was. */
export function overTimeChart(timeline: RunTimeline): Chart {
  const { requests, origin, window, faults, expiries } = timeline;
  const panels = [
    { name: 'slowest', sub: 'answer', counts: requests.slowestMs, format: formatMs, fill: color('wait') },
    {
      name: 'origin',
      sub: 'calls',
      counts: origin.calls,
      format: (count: number) => `${count}`,
      fill: color('recompute'),
    },
    { name: 'oldest', sub: 'value', counts: requests.oldestMs, format: formatMs, fill: color('hit') },
  ];
  const lastS = (window.untilWallMs - window.fromWallMs) / 1000;
  return {
    title: 'The whole run over time',
    description: panels
      .map(({ name, sub, counts, format }) => `${name} ${sub}: at most ${format(most(counts))}.`)
      .join(' '),
    draw(width) {
      const isNarrow = width < 600;
      const height = TOP + panels.length * (PANEL + GAP);
      const seconds = (wallMs: number) => Math.min(lastS, Math.max(0, (wallMs - window.fromWallMs) / 1000));
      const marks: Mark[] = faults.flatMap(({ fault, injectedWallMs, healedWallMs }): Mark[] =>
        injectedWallMs === undefined
          ? []
          : [
              {
                ...{
                  kind: 'rect',
                  from: seconds(injectedWallMs),
                  until: seconds(healedWallMs ?? window.untilWallMs),
                },
                ...{ top: TOP, height: height - TOP, fill: color('fault') },
              },
              {
                kind: 'text',
                x: seconds(injectedWallMs),
                dx: 4,
                y: 8,
                text: `fault: ${fault}`,
                size: 11,
                bold: true,
              },
            ],
      );
      for (const [index, { name, sub, counts, format, fill }] of panels.entries()) {
        const base = TOP + index * (PANEL + GAP) + PANEL + GAP / 2;
        const peak = most(counts);
        const steps = counts.map((count, bin): [number, number] => [
          (bin * requests.widthMs) / 1000,
          (count / Math.max(peak, Number.EPSILON)) * PANEL,
        ]);
        marks.push(
          { kind: 'text', dx: 0, y: base - 42, text: name, bold: true },
          { kind: 'text', dx: 0, y: base - 26, text: sub, bold: true },
          { kind: 'text', dx: 0, y: base - 8, text: `≤ ${format(peak)}`, fill: color('muted'), size: 11 },
          { kind: 'area', steps, until: lastS, base, fill },
          { kind: 'line', from: [0, base], to: [lastS, base], stroke: color('grid') },
        );
      }
      if (expiries.listed.length <= MOST_DASHED)
        for (const { beganWallMs, isJudged } of expiries.listed)
          if (isJudged)
            marks.push({
              ...{ kind: 'line', from: [seconds(beganWallMs), TOP], to: [seconds(beganWallMs), height] },
              ...{ stroke: color('ink'), dashed: true },
            });
      return pictureOfMarks({
        ...{ width, height: height + 28, left: isNarrow ? 62 : 110, marks },
        axis: { from: 0, until: lastS, format: (value) => `${Number(value.toFixed(1))} s` },
      });
    },
  };
}

const most = (counts: readonly number[]): number => counts.reduce((a, b) => Math.max(a, b), 0);
