import { element, say } from './elements.ts';
import { type ReplayClock, SLOWDOWNS } from './replay-clock.ts';

/** What the controls do. */
export interface Actions {
  toggle(): void;
  /** Goes one step; `isTurn`: to a turn of the story, else to any event. */
  step(direction: 1 | -1, isTurn: boolean): void;
  seek(atMs: number): void;
  setSlowdown(slowdown: number): void;
}

/** The bar with which a replay is played, slowed down and searched. */
export class Controls {
  readonly root: HTMLElement;
  readonly #play = element('button', { type: 'button', class: 'play' });
  readonly #range: HTMLInputElement;
  readonly #time = element('span', { class: 'time' });
  readonly #ended = new AbortController();
  readonly #zero: string;

  constructor(clock: ReplayClock, zero: string, actions: Actions) {
    this.#zero = zero;
    const { fromMs, untilMs, slowdown } = clock;
    this.#range = element('input', {
      ...{ type: 'range', min: `${Math.floor(fromMs)}`, max: `${Math.ceil(untilMs)}`, step: '1' },
      'aria-label': 'Moment of the run',
    });
    const speed = element(
      'select',
      { 'aria-label': 'Speed' },
      ...SLOWDOWNS.map((slow) =>
        element('option', { value: `${slow}` }, slow === 1 ? 'full speed' : `${slow}× slower`),
      ),
    );
    speed.value = `${slowdown}`;
    this.#play.addEventListener('click', () => actions.toggle());
    this.#range.addEventListener('input', () => actions.seek(this.#range.valueAsNumber));
    speed.addEventListener('change', () => actions.setSlowdown(Number(speed.value)));
    const button = (label: string, name: string, act: () => void) => {
      const made = element('button', { type: 'button', title: name, 'aria-label': name }, label);
      made.addEventListener('click', act);
      return made;
    };
    this.root = element(
      'div',
      { class: 'controls', role: 'group', 'aria-label': 'Replay' },
      this.#play,
      button('◂◂', 'Previous turn (Shift + ←)', () => actions.step(-1, true)),
      button('◂', 'Previous event (←)', () => actions.step(-1, false)),
      button('▸', 'Next event (→)', () => actions.step(1, false)),
      button('▸▸', 'Next turn (Shift + →)', () => actions.step(1, true)),
      speed,
      this.#time,
      this.#range,
    );
    document.addEventListener('keydown', (event) => onKey(event, actions), { signal: this.#ended.signal });
  }

  /** Stops to listen to keys. */
  end(): void {
    this.#ended.abort();
  }

  /** Shows where the clock is. */
  show({ atMs, isPlaying }: ReplayClock): void {
    say(this.#play, isPlaying ? 'Pause' : 'Play');
    say(this.#time, timeText(atMs, this.#zero));
    this.#range.valueAsNumber = Math.round(atMs);
    this.#range.setAttribute('aria-valuetext', timeText(atMs, this.#zero));
  }
}

/** Says when a moment is. `zero`: what happened at the zero of the clock. */
export function timeText(atMs: number, zero: string): string {
  const ms = Math.abs(atMs);
  const words = ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
  return `${words} ${atMs < 0 ? 'before' : 'after'} ${zero}`;
}

/** Keys that an element needs for itself. */
const OWN_KEYS: Readonly<Record<string, RegExp>> = {
  BUTTON: /^( |Enter)$/,
  SUMMARY: /^( |Enter)$/,
  SELECT: /./,
  INPUT: /^(Arrow|Page|Home|End)/,
};

function onKey(event: KeyboardEvent, actions: Actions): void {
  const { key, target, shiftKey } = event;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (target instanceof Element && OWN_KEYS[target.tagName]?.test(key)) return;
  if (key === ' ') actions.toggle();
  else if (key === 'ArrowRight') actions.step(1, shiftKey);
  else if (key === 'ArrowLeft') actions.step(-1, shiftKey);
  else return;
  event.preventDefault();
}
