import { type Moment, momentsOf } from '../scene/moments.ts';
import type { Scene } from '../scene/scene.ts';
import type { SceneState } from '../scene/state.ts';
import { type Look, lookInto } from '../scene/state-at.ts';
import { wordsOf } from '../scene/words.ts';
import { element, say } from './elements.ts';
import { Figures } from './figures.ts';
import type { Colors } from './picture/colors.ts';
import { type Layout, layoutOf } from './picture/layout.ts';
import type { Peaks } from './picture/peaks.ts';
import { drawStage } from './picture/stage.ts';
import { drawStrip, STRIP_HEIGHT } from './picture/strip.ts';
import { type Strip, stripLevels } from './picture/strip-levels.ts';

/** What the scenes of a page have in common. */
export interface Common {
  readonly peaks: Peaks;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Whether several stages share the page. */
  readonly isCompact: boolean;
}

/** The page's part for one scene: the picture, a line that explains it, and figures. */
export class StageView {
  readonly root: HTMLElement;
  readonly moments: readonly Moment[];
  readonly #scene: Scene;
  readonly #common: Common;
  readonly #look: Look;
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #strip = element('canvas', { 'aria-hidden': 'true', class: 'strip' });
  readonly #event = element('strong');
  readonly #now = element('span');
  readonly #figures: Figures;
  #layout: Layout | undefined;
  #levels: Strip | undefined;

  constructor(scene: Scene, common: Common) {
    this.#scene = scene;
    this.#common = common;
    this.#look = lookInto(scene);
    this.moments = momentsOf(scene);
    this.#figures = new Figures(scene);
    const fault = scene.fault === null ? '' : ` under the fault ${scene.fault}`;
    const about = scene.fault === null ? scene.about : `${scene.about} · ${fault.trim()}`;
    this.root = element(
      'section',
      { class: 'stage', 'aria-label': `${scene.strategy}${fault}` },
      element(
        'header',
        {},
        element('h2', {}, scene.strategy, element('small', {}, about)),
        this.#figures.root,
      ),
      ...(scene.lacks === null ? [] : [element('p', { class: 'muted' }, scene.lacks)]),
      element('p', { class: 'now' }, this.#event, this.#now),
      this.#canvas,
      this.#strip,
    );
  }

  /** Says what happened last, and who is where, as of the last drawing. */
  get words(): string {
    return `${this.#scene.strategy}: ${this.#event.textContent} ${this.#now.textContent}`;
  }

  /** Fits the canvases to the width of the page. */
  resize(): void {
    const { clientWidth } = this.root;
    const width = Math.max(280, clientWidth - horizontalPadding(this.root));
    this.#layout = layoutOf(width, {
      members: this.#scene.members.length,
      hasQueue: this.#common.peaks.queued > 0,
      isCompact: this.#common.isCompact,
    });
    fit(this.#canvas, width, this.#layout.height);
    fit(this.#strip, width, STRIP_HEIGHT);
    const { fromMs, untilMs } = this.#common;
    this.#levels = stripLevels(this.#scene, fromMs, untilMs, Math.floor(width / 2));
  }

  /** Draws a moment. `travelMs`: how long a dot takes from one place to the next. `everyEvent`: small events are told too. */
  draw(atMs: number, options: { travelMs: number; colors: Colors; everyEvent: boolean }): SceneState {
    const { travelMs, colors, everyEvent } = options;
    const state = this.#look(atMs, { trailMs: 2 * travelMs });
    const canvas = this.#canvas.getContext('2d');
    const strip = this.#strip.getContext('2d');
    const layout = this.#layout;
    if (canvas && layout)
      drawStage({ canvas, colors, layout, peaks: this.#common.peaks, scene: this.#scene, state, travelMs });
    if (strip && layout && this.#levels)
      drawStrip(this.#levels, {
        ...{ canvas: strip, colors, width: layout.width, atMs },
        highest: this.#common.peaks.calls,
      });
    const last = this.moments.findLast((moment) => moment.atMs <= atMs && (everyEvent || moment.isTurn));
    say(this.#event, last?.text ?? 'All is quiet: the cache answers each request.');
    say(this.#now, wordsOf(state));
    this.#figures.show(state);
    const { dataset } = this.root;
    dataset.atOrigin = `${state.origin.running + state.origin.queued}`;
    dataset.waiting = `${state.counts.bench + state.counts.replica}`;
    dataset.due = `${state.due}`;
    return state;
  }
}

function horizontalPadding(target: Element): number {
  const { paddingLeft, paddingRight } = getComputedStyle(target);
  return Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
}

/** Gives a canvas this size in CSS pixels, sharp on every screen. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const { devicePixelRatio: scale } = window;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.getContext('2d')?.setTransform(scale, 0, 0, scale, 0, 0);
}
