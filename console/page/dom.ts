/** What an element may be made of: texts stay texts, whatever is in them. */
export type Child = Node | string | undefined | false;

interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly type?: string;
  readonly for?: string;
  readonly name?: string;
  readonly value?: string;
  readonly href?: string;
  readonly target?: string;
  readonly rel?: string;
  readonly role?: string;
  readonly [aria: `aria-${string}`]: string;
}

/** Makes an element. Texts become text nodes, so that no text is ever read as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** Makes a button that does something. */
export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** Changes an element's text if it is another one, so that nobody is told the same again. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows or hides an element. */
export function show(target: HTMLElement, isShown: boolean): void {
  if (target.hidden === isShown) target.hidden = !isShown;
}

/** Finds an element of the page that is known to be there. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** A list whose elements stay the same as long as their items do, so that the focus stays where it is. */
export class KeyedList<T> {
  readonly #parent: HTMLElement;
  readonly #make: (item: T) => { readonly element: HTMLElement; update(item: T): void };
  readonly #rows = new Map<string, { readonly element: HTMLElement; update(item: T): void }>();

  constructor(
    parent: HTMLElement,
    make: (item: T) => { readonly element: HTMLElement; update(item: T): void },
  ) {
    this.#parent = parent;
    this.#make = make;
  }

  set(items: readonly T[], keyOf: (item: T) => string): void {
    const keys = new Set(items.map(keyOf));
    for (const [key, row] of this.#rows)
      if (!keys.has(key)) {
        row.element.remove();
        this.#rows.delete(key);
      }
    items.forEach((item, index) => {
      const row = this.#rows.get(keyOf(item)) ?? this.#make(item);
      this.#rows.set(keyOf(item), row);
      row.update(item);
      if (this.#parent.children[index] !== row.element)
        this.#parent.insertBefore(row.element, this.#parent.children[index] ?? null);
    });
  }
}
