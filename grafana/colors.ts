type Colors = Readonly<Record<string, string>>;

/** What the others are held against: a claim, a term, a capacity. White on dark, black on light. */
export const BOUND = 'text';

/** Apart from each other, and from the colours that mean something. */
const NEUTRAL = [
  '#5794F2',
  '#B877D9',
  '#14B8A6',
  '#A16207',
  '#EC6CB9',
  '#64748B',
  '#06B6D4',
  '#4F46E5',
  '#84A98C',
  '#C4B5FD',
];

const MEMBERS = [
  ...Array.from({ length: 8 }, (_, index) => `app-${index + 1}`),
  'refresher-1',
  'refresher-2',
];

const STRATEGIES = [
  'none',
  'single-flight',
  'lock',
  'try-lock',
  'stale-while-revalidate',
  'xfetch',
  'xfetch-lock',
  'hybrid',
  'refresh-ahead',
  'near-cache',
];

const COMMANDS = ['read', 'commit', 'invalidate', 'acquire', 'renew', 'release', 'note', 'wanted'];

const apart = (names: readonly string[]): Colors =>
  Object.fromEntries(names.map((name, index) => [name, NEUTRAL[index % NEUTRAL.length] ?? BOUND]));

/** Colours by what the lines of a panel stand for, the same on every board. Red is for errors alone. */
export const COLORS = {
  /** How a request was answered. */
  outcomes: {
    hit: 'green',
    early: 'blue',
    stale: 'yellow',
    waited: 'orange',
    recomputed: 'purple',
    error: 'red',
  },
  attempts: { granted: 'purple', held: 'orange', fresh: 'green', 'backing-off': 'yellow' },
  leases: {
    'renewal kept': 'green',
    'renewal lost': 'red',
    'recompute aborted': 'dark-red',
    'taken over': 'orange',
  },
  commits: {
    'accepted, grant': 'green',
    'accepted, seen-fence': 'semi-dark-green',
    'accepted, always': 'light-green',
    'fenced, grant': 'orange',
    'fenced, seen-fence': 'light-orange',
    'fenced, always': 'super-light-orange',
  },
  commands: apart(COMMANDS),
  members: apart(MEMBERS),
  strategies: apart(STRATEGIES),
  origin: { ...apart(STRATEGIES), queued: 'orange' },
} satisfies Record<string, Colors>;

export type Subject = keyof typeof COLORS;
