/** The colours that a stage is drawn in, by their names in the page's style. */
const NAMES = [
  ...(['surface', 'raised', 'ink', 'muted', 'grid', 'hit', 'recompute', 'queue'] as const),
  ...(['wait', 'lease', 'pass', 'fail', 'unknown', 'fault'] as const),
];
export type Colors = Readonly<Record<(typeof NAMES)[number], string>>;

/** Reads the colours of the page's theme. */
export function colorsOf(element: Element): Colors {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`)])) as Colors;
}
