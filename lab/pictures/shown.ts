/** The runs that the pictures of the docs show, each with what is typed after `make herd`. */
export const SHOWN = {
  none: ['STRATEGY=none'],
  lock: ['STRATEGY=lock'],
  frozenHolder: ['STRATEGY=lock', 'FAULT=pause-holder'],
} as const satisfies Record<string, readonly string[]>;

export type Shown = keyof typeof SHOWN;
