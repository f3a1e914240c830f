import type { Field, JobCommand, JobView } from '../view/messages.ts';
import { button, element, setText, show } from './dom.ts';
import { mayControl, startJob, stopJob } from './lab-api.ts';

/** The form of a command: its fields, a button that starts it, one that stops it, and what it says. */
export class JobForm {
  readonly element: HTMLFormElement;
  readonly #command: JobCommand;
  readonly #inputs = new Map<string, HTMLInputElement | HTMLSelectElement>();
  readonly #start: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #state = element('p', { class: 'muted', role: 'status' });
  /** No part of the state: not every line of the output is to be read out. */
  readonly #last = element('p', { class: 'muted' });
  readonly #output = element('pre', { 'aria-label': 'its output' });
  readonly #more: HTMLDetailsElement;
  readonly #onStarted: () => void;
  #isRunning = false;

  /** `first`: the fields that are always in sight; the others fold away. */
  constructor(
    command: JobCommand,
    fields: readonly Field[],
    words: {
      readonly start: string;
      readonly stop: string;
      readonly first: readonly string[];
      readonly onStarted?: () => void;
    },
  ) {
    this.#command = command;
    this.#onStarted = words.onStarted ?? (() => {});
    this.#start = button(words.start, () => void this.start(), { type: 'submit', class: 'strong' });
    this.#stop = button(words.stop, () => void this.#run(() => stopJob(command)), { class: 'strong' });
    const first = words.first.flatMap((name) => fields.filter((field) => field.name === name));
    const others = fields.filter(({ name }) => !words.first.includes(name));
    const groups = [...Map.groupBy(others, ({ group }) => group)].map(([group, members]) =>
      element('fieldset', {}, element('legend', {}, group), ...members.map((field) => this.#field(field))),
    );
    this.#more = element('details', {}, element('summary', {}, 'Its output'), this.#output);
    this.element = element(
      'form',
      {},
      element('div', { class: 'fields' }, ...first.map((field) => this.#field(field))),
      groups.length > 0 &&
        element('details', { class: 'all' }, element('summary', {}, 'All parameters'), ...groups),
      element('p', { class: 'buttons' }, this.#start, this.#stop),
      this.#error,
      this.#state,
      this.#last,
      this.#more,
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.update(undefined);
  }

  /** Starts the command with these values, or with those of the form. Tells whether it was started. */
  async start(values: Readonly<Record<string, string>> = this.#values()): Promise<boolean> {
    const isStarted = await this.#run(() => startJob(this.#command, values));
    if (isStarted) this.#onStarted();
    return isStarted;
  }

  update(job: JobView | undefined): void {
    this.#isRunning = job !== undefined && job.state !== 'ended';
    this.#start.disabled = this.#isRunning || !mayControl();
    this.#stop.disabled = !mayControl();
    show(this.#stop, this.#isRunning);
    setText(this.#state, stateOf(job));
    setText(this.#last, job?.state === 'running' ? (job.lines.at(-1)?.trim() ?? '') : '');
    show(this.#last, this.#last.textContent !== '');
    show(this.#more, job !== undefined && job.lines.length > 0);
    setText(this.#output, job?.lines.join('\n') ?? '');
    this.element.dataset.state = job?.state ?? '';
  }

  async #run(order: () => Promise<string | undefined>): Promise<boolean> {
    setText(this.#error, '');
    const error = await order();
    setText(this.#error, error ?? '');
    return error === undefined;
  }

  /** What differs from the defaults. */
  #values(): Record<string, string> {
    return Object.fromEntries(
      [...this.#inputs].flatMap(([name, { value }]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
    );
  }

  #field({ name, about, preset, range, options }: Field): HTMLElement {
    const id = `${this.#command}-${name}`;
    const input = options ? selectOf(options, preset, id) : element('input', { id, type: 'text', name });
    if (input instanceof HTMLInputElement) input.placeholder = preset;
    input.title = `${about}; ${range}`;
    this.#inputs.set(name, input);
    return element('div', { class: 'field' }, element('label', { for: id }, name), input);
  }
}

function selectOf(options: readonly string[], preset: string, id: string): HTMLSelectElement {
  const others = options.filter((option) => option !== preset);
  return element(
    'select',
    { id },
    element('option', { value: '' }, preset),
    ...others.map((option) => element('option', { value: option }, option)),
  );
}

function stateOf(job: JobView | undefined): string {
  if (!job)
    return mayControl()
      ? ''
      : 'This page only shows. Open the address that make console printed to start and stop runs.';
  if (job.state === 'ending') return `${job.typed}: ending, and healing what is broken`;
  if (job.state === 'running') return `${job.typed}: running`;
  return `${job.typed}: ended with status ${job.status ?? 'none'}`;
}
