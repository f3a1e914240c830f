/** What an element has: attributes, and children; texts become text, never markup. */
type Attributes = Readonly<Record<string, string>>;

/** Makes an element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Sets a text, if it is another one. */
export function say(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
