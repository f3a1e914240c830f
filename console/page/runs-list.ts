import type { ListedRun, RunList } from '../view/messages.ts';
import { button, element, KeyedList, setText, show } from './dom.ts';

interface Actions {
  /** Shows the run, alone or beside the one that is shown. */
  readonly open: (run: string, isBeside: boolean) => void;
}

interface Row extends ListedRun {
  readonly isShown: boolean;
}

/** Lists the runs, the newest first, with a filter. */
export class RunsList {
  readonly #list = element('ul', { class: 'runs' });
  readonly #filter = element('input', { type: 'search', id: 'filter' });
  readonly #note = element('p', { class: 'muted' });
  readonly #rows: KeyedList<Row>;
  #runs: RunList = { runs: [], leftOut: 0 };
  #shown: readonly string[] = [];

  constructor(parent: HTMLElement, actions: Actions) {
    this.#filter.placeholder = 'lock, fail, redis-down …';
    this.#filter.addEventListener('input', () => this.#update());
    this.#rows = new KeyedList<Row>(this.#list, (row) => makeRow(row, actions));
    parent.append(element('label', { for: 'filter' }, 'Filter'), this.#filter, this.#list, this.#note);
  }

  set(runs: RunList): void {
    this.#runs = runs;
    this.#update();
  }

  setShown(shown: readonly string[]): void {
    this.#shown = shown;
    this.#update();
  }

  #update(): void {
    const words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#runs.runs.filter(({ run, state, verdict }) =>
      words.every((word) => `${run} ${state} ${verdict ?? ''}`.includes(word)),
    );
    this.#rows.set(
      found.map((run) => ({ ...run, isShown: this.#shown.includes(run.run) })),
      ({ run }) => run,
    );
    const { runs, leftOut } = this.#runs;
    const note =
      runs.length === 0
        ? 'There is no run yet. Take the tour, or start one.'
        : found.length === 0
          ? 'No run has these words.'
          : leftOut > 0
            ? `${leftOut} older runs are not listed.`
            : '';
    setText(this.#note, note);
    show(this.#note, note !== '');
  }
}

function makeRow({ run, strategy, fault, ablate, startedAt }: Row, { open }: Actions) {
  const state = element('span', { class: 'chip' });
  const name = element('span', {}, [strategy, ablate, fault].filter(Boolean).join(' + '));
  const time = element(
    'span',
    { class: 'muted' },
    new Date(startedAt).toLocaleString('en-GB', { dateStyle: 'short', timeStyle: 'medium' }),
  );
  const shows = button('', () => open(run, false), { class: 'run' });
  shows.append(name, ' ', state, ' ', time);
  const beside = button('beside', () => open(run, true), {
    class: 'quiet',
    'aria-label': `show ${run} beside`,
  });
  return {
    element: element('li', {}, shows, beside),
    update({ state: now, verdict, isShown }: Row) {
      setText(state, verdict ?? now);
      state.className = `chip ${verdict ?? now.replace(' ', '-')}`;
      shows.setAttribute('aria-pressed', `${isShown}`);
      show(beside, !isShown);
    },
  };
}
