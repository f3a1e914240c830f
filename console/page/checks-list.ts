import type { RunView } from '../view/messages.ts';
import { element } from './dom.ts';

const MARKS = { pass: 'ok', fail: 'FAIL', unknown: '??' } as const;

/** Shows what each check says, once the run is judged. */
export class ChecksList {
  readonly element = element('section', { class: 'checks', 'aria-label': 'checks' });
  #shown = '';

  update({ checks, state, run }: RunView): void {
    const shown = JSON.stringify([checks, state]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (!checks) {
      this.element.replaceChildren(
        element(
          'p',
          { class: 'muted' },
          state === 'live'
            ? 'Checks: not judged yet.'
            : 'Checks: this run was cut short, and nothing is judged.',
        ),
      );
      return;
    }
    const rows = checks.map(({ name, verdict, detail }) =>
      element(
        'tr',
        { class: verdict },
        element('td', { class: 'result' }, MARKS[verdict]),
        element('th', { 'aria-label': name }, name),
        element('td', {}, detail),
      ),
    );
    const notPassed = checks.filter(({ verdict }) => verdict !== 'pass').length;
    const details = element(
      'details',
      {},
      element(
        'summary',
        {},
        notPassed === 0
          ? `All ${checks.length} checks passed`
          : `${notPassed} of ${checks.length} checks did not pass`,
      ),
      element('table', {}, element('tbody', {}, ...rows)),
      element(
        'p',
        { class: 'muted' },
        'For the whole report, type: ',
        element('code', {}, `make report RUN=results/${run}`),
      ),
    );
    details.open = notPassed > 0;
    this.element.replaceChildren(details);
  }
}
