import type { Moment } from '../scene/moments.ts';
import { timeText } from './controls.ts';
import { element } from './elements.ts';

/** A turn of one scene's story. */
export interface Chapter extends Moment {
  /** The strategy, where the page shows two. */
  readonly of: string;
}

/** More would be no overview. */
const MOST = 400;

/** The story as a list: each entry goes to its moment. */
export class Chapters {
  readonly root: HTMLElement;
  readonly #chapters: readonly Chapter[];
  readonly #items: readonly HTMLButtonElement[];
  #current = -1;

  constructor(chapters: readonly Chapter[], zero: string, seek: (atMs: number) => void) {
    this.#chapters = chapters.slice(0, MOST);
    this.#items = this.#chapters.map(({ atMs, text, of }) => {
      const label = of === '' ? [] : [element('b', {}, of), ' '];
      const item = element(
        'button',
        { type: 'button' },
        element('time', {}, timeText(atMs, zero)),
        ...label,
        text,
      );
      item.addEventListener('click', () => seek(atMs));
      return item;
    });
    this.root = element(
      'details',
      { class: 'chapters' },
      element('summary', {}, 'What happens, step by step'),
      element('ol', {}, ...this.#items.map((item) => element('li', {}, item))),
    );
  }

  /** Marks the last entry that has happened. */
  show(atMs: number): void {
    const current = this.#chapters.findLastIndex((chapter) => chapter.atMs <= atMs);
    if (current === this.#current) return;
    this.#items[this.#current]?.removeAttribute('aria-current');
    this.#items[current]?.setAttribute('aria-current', 'step');
    this.#current = current;
  }
}
