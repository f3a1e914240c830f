import { printable } from '../printable.ts';

/** Text that is markup already. Only {@link html} and {@link trusted} make it. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text, which is escaped, or markup; lists of them are joined. */
export type Part = string | number | Markup | readonly Part[];

/**
 * Makes markup from a template. Every text in it is escaped, since it may come from a stranger: it never becomes markup.
 * Characters that no page may have become question marks.
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: strings.map((text, index) => text + rendered(parts[index] ?? '')).join(''),
});

/** Takes a text for markup. Only for what this project's own code has drawn. */
export const trusted = (markup: string): Markup => ({ markup });

function rendered(part: Part): string {
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(rendered).join('');
  return escaped(`${part}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Writes a text so that it is no markup, in an element or in an attribute. */
export const escaped = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
