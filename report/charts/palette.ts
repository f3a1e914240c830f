/** The colours of pages and charts, as variables of a page's style. Each means one thing everywhere. */
export const COLORS = {
  surface: ['#ffffff', '#14181d'],
  raised: ['#f5f7f9', '#1d232a'],
  ink: ['#1b1f24', '#e8ecf0'],
  muted: ['#57606a', '#a3adb8'],
  grid: ['#d5dbe1', '#39424d'],
  /** Answers from the cache. */
  hit: ['#2563c9', '#7fb0ff'],
  /** A call of the origin that runs, and one that queues. */
  recompute: ['#c2410c', '#ff9255'],
  queue: ['#fbd0b0', '#6b3f23'],
  /** Who has no answer yet. */
  wait: ['#0e7490', '#4fc3dc'],
  lease: ['#6d28d9', '#b79bff'],
  pass: ['#166534', '#6fd08c'],
  fail: ['#b91c1c', '#ff8a80'],
  unknown: ['#854d0e', '#e7b44f'],
  fault: ['#fbdada', '#4a2226'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type Color = keyof typeof COLORS;

/** Names a colour, so that it follows the page's theme. */
export const color = (name: Color): string => `var(--${name})`;

/** Declares the colours of one theme. */
export const declarations = (theme: 'light' | 'dark'): string =>
  Object.entries(COLORS)
    .map(([name, [light, dark]]) => `--${name}: ${theme === 'light' ? light : dark};`)
    .join(' ');
