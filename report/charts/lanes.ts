import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import { formatMs } from '../html/figures.ts';
import { type Chart, type Picture, pictureOfMarks } from './draw.ts';
import { laneMarks, laneOf } from './lane.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';
import { type Scale, scaleOf } from './scale.ts';

/** One expiry, and what to call its moments. */
export interface LanesOptions {
  readonly timeline: RunTimeline;
  /** Where the axis begins. */
  readonly zeroWallMs: number;
  /** What happens there. */
  readonly beginning: string;
  /** When the first new value was stored. */
  readonly filledWallMs: number | undefined;
  /** How many requests arrive during one recompute. The panel of requests has room for them at least, so that pictures compare. */
  readonly herd: number;
}

const [HEAD, CLIENTS, ORIGIN, GAP, FOOT] = [46, 84, 76, 14, 28];
/** What stays free above an area, for its words. */
const ROOM = 18;
/** The panel of the origin has room for so many calls at least: a single one must not look like a crowd. */
const FEW_CALLS = 10;
const NARROW_BELOW = 600;

/**
 * Draws one expiry as lanes: the requests without an answer; each replica with its lease, recomputes, waits and commits; and the
 * origin. Shapes, places and words tell the marks apart, so that nothing depends on colour.
 */
export const lanesChart = (options: LanesOptions): Chart => ({
  title: 'One expiry, replica by replica',
  description: describe(options),
  draw: (width) => drawLanes(options, width),
});

function drawLanes(
  { timeline, zeroWallMs, beginning, filledWallMs, herd }: LanesOptions,
  width: number,
): Picture {
  const scale = scaleOf(timeline.window, zeroWallMs, width < NARROW_BELOW);
  const { fromWallMs, untilWallMs } = timeline.window;
  const lanes = timeline.members.map((member) => laneOf(timeline, member));
  const bottom = lanes.reduce((y, { height }) => y + height + GAP, HEAD + CLIENTS + GAP) + ORIGIN;
  // What comes first lies behind everything.
  const marks = [...faultMarks(timeline, bottom, scale), ...clientMarks(timeline, herd, scale)];
  let top = HEAD + CLIENTS + GAP;
  for (const lane of lanes) {
    marks.push(...nameMarks(lane.member, top + lane.height / 2, scale), baseLine(top + lane.height, scale));
    marks.push(...laneMarks(lane, top, timeline, scale));
    top += lane.height + GAP;
  }
  marks.push(...originMarks(timeline, top, scale), ...momentMarks(zeroWallMs, beginning, 10, bottom, scale));
  if (filledWallMs !== undefined && filledWallMs <= untilWallMs) {
    const done = timeline.seesInside ? 'stored' : 'made';
    const words = scale.isNarrow ? done : `first new value ${done}`;
    marks.push(...momentMarks(filledWallMs, words, 27, bottom, scale));
  }
  return pictureOfMarks({
    ...{ width, height: bottom + FOOT, left: scale.isNarrow ? 58 : 108, marks },
    axis: {
      from: scale.at(fromWallMs),
      until: scale.at(untilWallMs),
      format: (ms) => (ms === 0 ? '0' : formatMs(ms)),
    },
  });
}

/** Names a row at the left edge. */
function nameMarks(text: string, y: number, { isNarrow }: Scale, more?: string): Mark[] {
  const name = { kind: 'text', dx: 0, text, bold: true, size: isNarrow ? 11 : 13 } as const;
  if (!more || isNarrow) return [{ ...name, y }];
  return [
    { ...name, y: y - 8 },
    { kind: 'text', dx: 0, y: y + 9, text: more, fill: color('muted'), size: 11 },
  ];
}

const baseLine = (y: number, { at, window }: Scale): Mark => ({
  ...{ kind: 'line', from: [at(window.fromWallMs), y], to: [at(window.untilWallMs), y] },
  stroke: color('grid'),
});

/** Marks a moment through all rows. */
const momentMarks = (
  wallMs: number,
  text: string,
  y: number,
  bottom: number,
  { at, beside }: Scale,
): Mark[] => [
  { kind: 'line', from: [at(wallMs), y + 7], to: [at(wallMs), bottom], stroke: color('ink'), dashed: true },
  { kind: 'text', ...beside(wallMs, 4), y, text, bold: true },
];

function faultMarks({ faults }: RunTimeline, bottom: number, { at, beside, window }: Scale): Mark[] {
  return faults.flatMap(({ fault, injectedWallMs, healedWallMs = window.untilWallMs }): Mark[] => {
    if (injectedWallMs === undefined || injectedWallMs > window.untilWallMs) return [];
    if (healedWallMs < window.fromWallMs) return [];
    const top = HEAD - 12;
    return [
      {
        ...{ kind: 'rect', from: at(injectedWallMs), until: at(healedWallMs), top, height: bottom - top },
        fill: color('fault'),
      },
      { kind: 'text', ...beside(injectedWallMs), y: HEAD - 3, text: `fault: ${fault}`, size: 11, bold: true },
    ];
  });
}

interface Area {
  readonly counts: readonly number[];
  readonly most: number;
  readonly fill: string;
}

function areaMark(
  { counts, most, fill }: Area,
  base: number,
  height: number,
  widthMs: number,
  scale: Scale,
): Mark {
  const { fromWallMs, untilWallMs } = scale.window;
  const steps = counts.map((count, bin): [number, number] => [
    scale.at(fromWallMs + bin * widthMs),
    (count / Math.max(1, most)) * height,
  ]);
  return { kind: 'area', steps, until: scale.at(untilWallMs), base, fill };
}

/** Writes beside the first peak of an area. */
function peakMark({ counts, most }: Area, y: number, widthMs: number, scale: Scale, text: string): Mark {
  const wallMs = scale.window.fromWallMs + counts.indexOf(most) * widthMs;
  return { kind: 'text', ...scale.beside(wallMs), y, text };
}

function clientMarks(
  { requests: { unanswered: counts, widthMs } }: RunTimeline,
  herd: number,
  scale: Scale,
): Mark[] {
  const peak = Math.max(0, ...counts);
  const [base, height] = [HEAD + CLIENTS, CLIENTS - ROOM];
  const area = { counts, most: Math.max(peak, herd, 1), fill: color('wait') };
  const words = scale.isNarrow ? `${peak} wait` : `${peak} requests wait at once`;
  const y = base - (peak / area.most) * height - ROOM / 2;
  return [
    ...nameMarks('clients', HEAD + CLIENTS / 2, scale, 'without an answer'),
    areaMark(area, base, height, widthMs, scale),
    peakMark({ ...area, most: peak }, y, widthMs, scale, words),
    baseLine(base, scale),
  ];
}

function originMarks({ origin, requests: { widthMs } }: RunTimeline, top: number, scale: Scale): Mark[] {
  const most = Math.max(0, ...origin.calls);
  const room = Math.max(most, FEW_CALLS);
  const calls = { counts: origin.calls, most: room, fill: color('queue') };
  const running = { counts: origin.running, most: room, fill: color('recompute') };
  const [base, height] = [top + ORIGIN, ORIGIN - ROOM];
  const y = base - (most / room) * height - ROOM / 2;
  const words = scale.isNarrow ? `${most} at once` : callsText(most, Math.max(0, ...origin.running));
  return [
    ...nameMarks('origin', top + ORIGIN / 2, scale, 'calls at once'),
    areaMark(calls, base, height, widthMs, scale),
    areaMark(running, base, height, widthMs, scale),
    peakMark({ ...calls, most }, y, widthMs, scale, words),
    baseLine(base, scale),
  ];
}

function callsText(calls: number, running: number): string {
  if (calls > running) return `${calls} calls at once: ${running} run, the others queue`;
  return `${calls} ${calls === 1 ? 'call' : 'calls'} at once`;
}

function describe({ timeline, zeroWallMs, filledWallMs, beginning }: LanesOptions): string {
  const { recomputes, requests, commits, waits, members } = timeline;
  const refused = commits.listed.filter(({ accepted }) => !accepted).length;
  const filled =
    filledWallMs === undefined
      ? ''
      : ` The first new value was ${timeline.seesInside ? 'stored' : 'made'} ${Math.round(filledWallMs - zeroWallMs)} ms later.`;
  return (
    `At 0 ms: ${beginning}. ${recomputes.listed.length + recomputes.leftOut} recomputes in ${members.length} replicas, ` +
    `${waits.listed.length} waits of replicas, ${refused} refused writes; at most ${Math.max(0, ...requests.unanswered)} requests ` +
    `waited at once.${filled}`
  );
}
