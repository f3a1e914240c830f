import { herdWordsOf, STEPS } from '../../lab/tour/steps.ts';
import type { RunRecord } from '../../record/result.ts';
import type { RunView } from '../view/messages.ts';
import { stageOf } from '../view/tour.ts';
import { button, element, setText, show } from './dom.ts';
import { mayControl } from './lab-api.ts';

interface Actions {
  /** Starts a run with these values. Tells whether it was started. */
  readonly start: (values: Readonly<Record<string, string>>) => Promise<boolean>;
}

/** Leads through the dogpile and its cures: a guess, a run, and what happened in it, when it happens. */
export class Tour {
  readonly #actions: Actions;
  readonly #box = element('div');
  readonly #said = element('p', { class: 'said', role: 'status' });
  readonly #run: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  #step = 0;
  #guess: number | undefined;
  /** When the run of the step was ordered; undefined: it was not. A run that began earlier is another one. */
  #startedAtMs: number | undefined;
  #isOver = false;

  constructor(parent: HTMLElement, actions: Actions) {
    this.#actions = actions;
    this.#run = button('Run it', () => void this.#start(), { class: 'strong' });
    this.#next = button('Next step', () => this.#show(this.#step + 1), { class: 'strong' });
    parent.append(this.#box, element('p', { class: 'buttons' }, this.#run, this.#next), this.#said);
    this.#show(0);
  }

  /** Tells what is seen in the newest run. */
  look(view: RunView): void {
    if (this.#startedAtMs === undefined || this.#isOver || view.startedAt < this.#startedAtMs) return;
    const { stage, text } = stageOf(view);
    this.#said.dataset.stage = stage;
    if (stage !== 'over') {
      setText(this.#said, text);
      return;
    }
    this.#isOver = true;
    setText(
      this.#said,
      view.figures ? this.#lesson(view.figures as RunRecord) : 'The run was cut short. Run it again.',
    );
    show(this.#next, this.#step + 1 < STEPS.length);
    show(this.#run, true);
  }

  #lesson(record: RunRecord): string {
    const step = STEPS[this.#step];
    if (!step) return '';
    const happened = step.choices.find((choice) => choice.happened(record));
    const guess = this.#guess === undefined ? undefined : step.choices[this.#guess];
    const fared = !guess
      ? ''
      : guess === happened
        ? 'You were right. '
        : `It was: ${happened?.text ?? 'none of these'}. `;
    return fared + step.lesson(record);
  }

  async #start(): Promise<void> {
    const step = STEPS[this.#step];
    if (!step) return;
    const values = Object.fromEntries(herdWordsOf(step).map((word) => word.split('=') as [string, string]));
    // The clocks of the page and of the lab are one.
    const nowMs = Date.now();
    if (!(await this.#actions.start(values))) return;
    this.#startedAtMs = nowMs;
    this.#isOver = false;
    show(this.#run, false);
    show(this.#next, false);
    const { stage, text } = stageOf(undefined);
    this.#said.dataset.stage = stage;
    setText(this.#said, text);
  }

  #show(number: number): void {
    const step = STEPS[number];
    if (!step) return;
    this.#step = number;
    this.#guess = undefined;
    this.#startedAtMs = undefined;
    const choices = step.choices.map(({ text }, index) => {
      const id = `guess-${index}`;
      const input = element('input', { type: 'radio', name: 'guess', id });
      input.addEventListener('change', () => {
        this.#guess = index;
      });
      return element('div', { class: 'choice' }, input, element('label', { for: id }, text));
    });
    this.#box.replaceChildren(
      element('h3', {}, `${number + 1} of ${STEPS.length}: ${step.title}`),
      element('p', {}, step.about),
      element('fieldset', { class: 'plain' }, element('legend', {}, step.question), ...choices),
    );
    this.#run.disabled = !mayControl();
    show(this.#run, true);
    show(this.#next, false);
    setText(this.#said, '');
    this.#said.dataset.stage = '';
  }
}
