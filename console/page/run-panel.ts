import { fleetAt } from '../view/fleet.ts';
import type { RunView, ShownTimeline } from '../view/messages.ts';
import { describe, drawTimeline } from './chart.ts';
import { ChecksList } from './checks-list.ts';
import { button, element, setText, show } from './dom.ts';
import { FleetList } from './fleet-list.ts';

const LEGEND = [
  ['wait', 'waits for an answer, or for another replica'],
  ['recompute', 'a recompute runs at the origin'],
  ['queue', 'it queues there'],
  ['lease', 'holds the lease'],
  ['pass', 'stores the value'],
  ['fail', 'its write is refused'],
  ['fault', 'a fault lasts'],
] as const;

/** Shows one run: its fleet, its timeline, its checks. */
export class RunPanel {
  readonly element: HTMLElement;
  readonly #state = element('span', { class: 'chip' });
  readonly #title = element('span');
  readonly #about = element('p', { class: 'about' });
  readonly #facts = element('p', { class: 'facts' });
  readonly #canvas = element('canvas', { role: 'img' });
  readonly #figure: HTMLElement;
  readonly #empty = element('p', { class: 'muted' });
  readonly #slider = element('input', { type: 'range' });
  readonly #clock = element('output');
  readonly #replay: HTMLAnchorElement;
  readonly #now: HTMLButtonElement;
  readonly #fleet = new FleetList();
  readonly #checks = new ChecksList();
  readonly #closed = new AbortController();
  #view: RunView | undefined;
  /** The moment that is looked at; undefined: the last one. */
  #momentMs: number | undefined;

  constructor(run: string, onClose: () => void) {
    const id = `moment-${run}`;
    this.#slider.id = id;
    this.#slider.step = '10';
    this.#slider.addEventListener('input', () => this.#look(Number(this.#slider.value)));
    this.#replay = replayLink([run]);
    this.#now = button('now', () => this.#look(undefined));
    this.#figure = element(
      'figure',
      {},
      this.#canvas,
      element(
        'div',
        { class: 'moment' },
        element('label', { for: id }, 'look at'),
        this.#slider,
        this.#clock,
        this.#now,
      ),
      element(
        'ul',
        { class: 'legend' },
        ...LEGEND.map(([color, text]) => element('li', { class: color }, text)),
      ),
    );
    this.element = element(
      'article',
      { 'aria-label': `run ${run}` },
      element(
        'header',
        {},
        element('h2', {}, this.#title, ' ', this.#state),
        this.#replay,
        button('close', onClose, { class: 'quiet', 'aria-label': `close ${run}` }),
      ),
      this.#about,
      this.#facts,
      this.#empty,
      this.#fleet.element,
      this.#figure,
      this.#checks.element,
    );
    setText(this.#empty, 'loading …');
    show(this.#figure, false);
    show(this.#replay, false);
    const { signal } = this.#closed;
    const size = new ResizeObserver(() => this.#draw());
    size.observe(this.#figure);
    signal.addEventListener('abort', () => size.disconnect());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw(), { signal });
  }

  /** Takes it off the page, and listens to nothing any more. */
  close(): void {
    this.#closed.abort();
    this.element.remove();
  }

  /** Whether the run can be replayed: it is judged, and had requests. */
  get hasReplay(): boolean {
    return this.#view?.state === 'judged' && this.#view.timeline !== undefined;
  }

  update(view: RunView): void {
    this.#view = view;
    const { strategy, fault, ablate, state, verdict, setting, about, timeline } = view;
    setText(
      this.#title,
      [strategy, ablate && `with ${ablate}`, fault && `under ${fault}`].filter(Boolean).join(' '),
    );
    setText(this.#state, verdict ?? state);
    show(this.#replay, this.hasReplay);
    this.#state.className = `chip ${verdict ?? state.replace(' ', '-')}`;
    setText(this.#about, about.join(' '));
    const fills = timeline
      ? `, ${view.expiries} of ${setting.expiries} expiries ${state === 'live' ? 'in sight' : 'shown'}`
      : '';
    setText(
      this.#facts,
      `${seconds(setting.ttlMs)} TTL, ${seconds(setting.recomputeMs)} per recompute, ${setting.ratePerSecond} requests per second${fills}${view.isCut ? '; only the beginning is shown' : ''}`,
    );
    setText(
      this.#empty,
      timeline
        ? ''
        : state === 'live'
          ? 'The cluster starts. The picture begins with the first request.'
          : 'This run has no requests.',
    );
    show(this.#empty, timeline === undefined);
    show(this.#figure, timeline !== undefined);
    this.#checks.update(view);
    this.#draw();
  }

  /** Says what went wrong in the place of a picture. */
  say(text: string): void {
    setText(this.#empty, text);
    show(this.#empty, true);
  }

  #look(momentMs: number | undefined): void {
    this.#momentMs = momentMs;
    this.#draw();
  }

  #draw(): void {
    const timeline = this.#view?.timeline;
    if (!timeline) return;
    const { window, beganWallMs } = timeline;
    const [least, most] = [window.fromWallMs - beganWallMs, window.untilWallMs - beganWallMs];
    // A moment that has left the window is no longer known. The slider begins at a whole one.
    if (this.#momentMs !== undefined && this.#momentMs < Math.floor(least)) this.#momentMs = undefined;
    const moment = this.#momentMs ?? most;
    [this.#slider.min, this.#slider.max] = [`${Math.floor(least)}`, `${Math.ceil(most)}`];
    if (this.#momentMs === undefined) this.#slider.value = this.#slider.max;
    const clock = `${(moment / 1000).toFixed(2)} s`;
    setText(this.#clock, clock);
    this.#slider.setAttribute('aria-valuetext', clock);
    show(this.#now, this.#momentMs !== undefined);
    setText(this.#now, this.#view?.state === 'live' ? 'now' : 'end');
    this.#drawAt(timeline, moment + beganWallMs);
  }

  #drawAt(timeline: ShownTimeline, wallMs: number): void {
    const drawn = drawTimeline(this.#canvas, timeline, this.#momentMs === undefined ? undefined : wallMs);
    const { dataset } = this.#figure;
    dataset.peakOrigin = `${drawn.peakOrigin}`;
    dataset.stepMs = `${drawn.stepMs}`;
    dataset.expiries = `${this.#view?.expiries ?? 0}`;
    this.#canvas.setAttribute('aria-label', describe(timeline, drawn));
    this.#fleet.update(fleetAt(timeline, wallMs), timeline.faults);
  }
}

const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

/** Makes a link to the page that replays these runs on one clock. It opens in a tab of its own. */
export function replayLink(runs: readonly string[], text = 'replay'): HTMLAnchorElement {
  const query = new URLSearchParams(runs.map((run) => ['run', run]));
  return element(
    'a',
    {
      href: `/replay?${query}`,
      target: '_blank',
      rel: 'noopener',
      'aria-label': `${text} ${runs.join(' and ')}`,
    },
    text,
  );
}
