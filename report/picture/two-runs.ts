import { type RunTimeline, timelineOf } from '../../judge/timeline/timeline.ts';
import type { RunData } from '../../record/facts.ts';
import { strategyOf } from '../../record/foreign/foreign.ts';
import type { Settings } from '../../record/settings.ts';
import { type Picture, pictureOfMarks } from '../charts/draw.ts';
import type { Mark } from '../charts/marks.ts';
import { color } from '../charts/palette.ts';
import { formatMs } from '../html/figures.ts';
import { type ChosenExpiry, expiryOf } from '../lanes/chosen-expiry.ts';
import { chartAt, linesFromTop, type Sheet, signAt, within } from './svg-file.ts';

/** A run, and what its strategy does in a few words. */
export interface WordedRun {
  readonly run: RunData;
  readonly words: string;
}

/** One expiry of a run, in a window as long as the others'. */
interface Panel {
  readonly title: string;
  readonly view: RunTimeline;
  readonly recomputes: number;
  readonly slowestMs: number;
}

const WIDTH = 640;
const [PANEL_TITLE, PANEL, GAP, AXIS, KEY] = [34, 132, 20, 30, 40];
const LEFT = 44;
/** Across each panel there are lines at so many requests; it has room for the most at least. */
const LEVELS = [0, 100, 200];
/** What is shown of the time before the expiry, as a share of the time after it. */
const BEFORE = 0.06;
/** Where the figures of a panel begin, as a share of the time after the expiry. */
const FIGURES = 0.51;
/** One recompute among hundreds must be seen. In pixels. */
const LEAST_HEIGHT = 4;

/**
 * Draws one expiry of each run below each other, on the same scales: the requests that wait, and the recomputes at the origin.
 * Its words are few and large, so that a phone shows them. Throws if a run has no expiry.
 */
export function twoRunsSheet(runs: readonly [WordedRun, WordedRun]): Sheet {
  const chosen = runs.map(({ run }) => chosenIn(run));
  const lastMs = Math.max(...chosen.map(({ window, expiry }) => window.untilWallMs - expiry.beganWallMs));
  const panels = runs.map((worded, index) => panelOf(worded, chosen[index] as ChosenExpiry, lastMs));
  const words = linesFromTop([
    { text: 'A popular value in a cache expires', size: 27, bold: true },
    ...story(runs[0].run.facts.settings).map((text) => ({ text, size: 17, color: 'muted' }) as const),
  ]);
  const picture = panelsPicture(panels, lastMs);
  const keyY = words.bottom + picture.height + KEY / 2;
  const figures = panels.map(
    ({ title, recomputes, slowestMs }) =>
      `${title}: ${countOf(recomputes)}, slowest answer ${formatS(slowestMs)}`,
  );
  return {
    ...{ width: WIDTH, height: Math.ceil(words.bottom + picture.height + KEY) },
    description: `A value in a cache expires. ${figures.join('. ')}.`,
    parts: [
      ...words.parts,
      chartAt(words.bottom, picture),
      signAt(0, keyY, swatch('wait'), 'requests that wait', 16),
      signAt(210, keyY, swatch('recompute'), 'recomputes at the origin', 16),
    ],
  };
}

function chosenIn(run: RunData): ChosenExpiry {
  const chosen = expiryOf(run);
  if (!chosen) throw new Error(`the run ${run.facts.run} has no expiry to draw`);
  return chosen;
}

function panelOf({ run, words }: WordedRun, { expiry }: ChosenExpiry, lastMs: number): Panel {
  const { beganWallMs, recomputes } = expiry;
  const window = { fromWallMs: beganWallMs - BEFORE * lastMs, untilWallMs: beganWallMs + lastMs };
  const view = timelineOf(run, { window, mostSpans: 0 });
  const title = `${strategyOf(run.facts.settings)}: ${words}`;
  return { title, view, recomputes, slowestMs: Math.max(0, ...view.requests.slowestMs) };
}

/** Says what happens, in two lines. */
const story = ({ ratePerSecond, recomputeMs, originCapacity }: Settings): string[] => [
  `${ratePerSecond} requests per second ask for it. The slow origin behind the`,
  `cache needs ${formatMs(recomputeMs)} for a new one${originCapacity > 0 ? `, and makes ${originCapacity} at a time` : ''}.`,
];

const swatch = (name: 'wait' | 'recompute'): string =>
  `<rect y="1" width="24" height="13" fill="${color(name)}"/>`;
const countOf = (recomputes: number): string =>
  `${recomputes} ${recomputes === 1 ? 'recompute' : 'recomputes'}`;
const formatS = (ms: number): string => `${(ms / 1000).toPrecision(2)} s`;

interface PanelScale {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly most: number;
}

function panelsPicture(panels: readonly Panel[], untilMs: number): Picture {
  const most = Math.max(...LEVELS, ...panels.flatMap(({ view }) => view.requests.unanswered));
  const scale = { fromMs: -BEFORE * untilMs, untilMs, most };
  return pictureOfMarks({
    ...{ width: within(WIDTH), height: panels.length * (PANEL_TITLE + PANEL + GAP) - GAP + AXIS, left: LEFT },
    axis: {
      ...{ from: scale.fromMs, until: untilMs, size: 15 },
      format: (ms) => (ms === 0 ? 'expiry' : `${Number((ms / 1000).toFixed(1))} s`),
    },
    marks: panels.flatMap((panel, index) => panelMarks(panel, index * (PANEL_TITLE + PANEL + GAP), scale)),
  });
}

function panelMarks({ title, view, recomputes, slowestMs }: Panel, top: number, scale: PanelScale): Mark[] {
  const { fromMs, untilMs, most } = scale;
  const base = top + PANEL_TITLE + PANEL;
  const heightOf = (count: number) => (count / most) * PANEL;
  const area = (counts: readonly number[], fill: string, least: number): Mark => ({
    ...{ kind: 'area', until: untilMs, base, fill },
    steps: counts.map((count, bin) => [
      fromMs + bin * view.requests.widthMs,
      count === 0 ? 0 : Math.max(least, heightOf(count)),
    ]),
  });
  const levelMarks = (count: number): Mark[] => {
    const y = base - heightOf(count);
    return [
      { kind: 'line', from: [fromMs, y], to: [untilMs, y], stroke: color('grid') },
      { kind: 'text', dx: 0, y, text: `${count}`, size: 15, fill: color('muted') },
    ];
  };
  const figure = { kind: 'text', x: FIGURES * untilMs } as const;
  const figuresTop = top + PANEL_TITLE;
  return [
    { kind: 'text', dx: 0, y: top + 14, text: title, size: 20, bold: true },
    ...LEVELS.flatMap(levelMarks),
    area(view.requests.unanswered, color('wait'), 0),
    area(view.origin.calls, color('recompute'), LEAST_HEIGHT),
    { ...figure, y: figuresTop + 26, text: countOf(recomputes), size: 26, bold: true },
    { ...figure, y: figuresTop + 56, text: `slowest answer: ${formatS(slowestMs)}`, size: 20 },
  ];
}
