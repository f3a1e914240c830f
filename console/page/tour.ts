import { herdWordsOf, STEPS } from '../../lab/tour/steps.ts';
import type { RunRecord } from '../../record/result.ts';
import type { JobView, ListedRun, RunView } from '../view/messages.ts';
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
  /** The run of the step, once it is there. */
  #runName: string | undefined;
  /** Whether the herd of the step was seen to run: what was said of an earlier one does not count. */
  #isUnderWay = false;
  #isHerdRunning = false;
  #isOver = false;

  constructor(parent: HTMLElement, actions: Actions) {
    this.#actions = actions;
    this.#run = button('Run it', () => void this.#start(), { class: 'strong' });
    this.#next = button('Next step', () => this.#show(this.#step + 1)?.focus(), { class: 'strong' });
    this.#said.tabIndex = -1;
    parent.append(this.#box, element('p', { class: 'buttons' }, this.#run, this.#next), this.#said);
    this.#show(0);
  }

  /** The run that it tells of. */
  get run(): string | undefined {
    return this.#runName;
  }

  /** Looks for the run of its step among the listed ones, the newest first. Tells whether it has just found it. */
  adopt(runs: readonly ListedRun[]): boolean {
    const [newest] = runs;
    const startedAtMs = this.#startedAtMs;
    if (startedAtMs === undefined || this.#runName !== undefined) return false;
    if (!newest || newest.startedAt < startedAtMs) return false;
    this.#runName = newest.run;
    return true;
  }

  /** Lets the step be run again once its herd has ended, and says why there is no run. */
  follow(herd: JobView | undefined): void {
    this.#isHerdRunning = herd !== undefined && herd.state !== 'ended';
    this.#allow();
    if (this.#startedAtMs === undefined || this.#isOver || !herd) return;
    if (herd.state !== 'ended') {
      this.#isUnderWay = true;
      return;
    }
    if (!this.#isUnderWay) return;
    show(this.#run, true);
    if (this.#runName !== undefined) return;
    this.#isOver = true;
    const last = herd.lines.findLast((line) => line.trim() !== '');
    setText(this.#said, `There was no run: ${last?.trim() ?? 'it ended without a word'}`);
    this.#said.dataset.stage = 'over';
  }

  /** Tells what is seen in the run of its step. */
  look(view: RunView): void {
    if (view.run !== this.#runName || this.#isOver) return;
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
    this.#begin(Date.now());
    if (!(await this.#actions.start(values))) {
      this.#begin(undefined);
      return;
    }
    show(this.#run, false);
    show(this.#next, false);
    const { stage, text } = stageOf(undefined);
    this.#said.dataset.stage = stage;
    setText(this.#said, text);
    // The button that had the focus is hidden.
    this.#said.focus();
  }

  /** A run is judged before its herd has ended, and one herd runs at a time. */
  #allow(): void {
    this.#run.disabled = !mayControl() || this.#isHerdRunning;
  }

  #begin(startedAtMs: number | undefined): void {
    this.#startedAtMs = startedAtMs;
    this.#runName = undefined;
    this.#isUnderWay = false;
    this.#isOver = false;
  }

  /** Shows a step. Gives its title. */
  #show(number: number): HTMLElement | undefined {
    const step = STEPS[number];
    if (!step) return undefined;
    this.#step = number;
    this.#guess = undefined;
    this.#begin(undefined);
    const choices = step.choices.map(({ text }, index) => {
      const id = `guess-${index}`;
      const input = element('input', { type: 'radio', name: 'guess', id });
      input.addEventListener('change', () => {
        this.#guess = index;
      });
      return element('div', { class: 'choice' }, input, element('label', { for: id }, text));
    });
    const title = element('h3', {}, `${number + 1} of ${STEPS.length}: ${step.title}`);
    title.tabIndex = -1;
    this.#box.replaceChildren(
      title,
      element('p', {}, step.about),
      element('fieldset', { class: 'plain' }, element('legend', {}, step.question), ...choices),
    );
    this.#allow();
    show(this.#run, true);
    show(this.#next, false);
    setText(this.#said, '');
    this.#said.dataset.stage = '';
    return title;
  }
}
