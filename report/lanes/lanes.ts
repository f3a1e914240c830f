import { mostAtOnce } from '../../judge/timeline/levels.ts';
import type { Window } from '../../judge/timeline/requests.ts';
import type { RunTimeline } from '../../judge/timeline/timeline.ts';

/** Columns of a lane, beside its name: a line stays within 80 columns. */
const COLUMNS = 60;
const NAME = 10;
const LEVELS = '▁▂▃▄▅▆▇█';

/** What a cell of a lane may show, the most telling first. */
const CELLS = {
  dead: 'X',
  refused: '!',
  committed: '+',
  frozen: '~',
  recomputes: '█',
  waits: '░',
  answers: '·',
} as const;
type Cell = keyof typeof CELLS;

const MEANINGS: Readonly<Record<Cell, string>> = {
  dead: 'is dead',
  refused: 'its write is refused',
  committed: 'stores the value',
  frozen: 'is frozen',
  recomputes: 'waits for the origin',
  waits: 'waits for another replica',
  answers: 'serves at once',
};

/** What a fault makes of its victim, by how its name begins. Others leave a member as it is. */
const STRUCK: readonly (readonly [prefix: string, cell: Cell])[] = [
  ['kill', 'dead'],
  ['pause', 'frozen'],
];

interface Mark {
  readonly cell: Cell;
  readonly from: number;
  readonly until: number;
}

/**
 * Draws a window of a run as text, time from left to right: a lane for each replica, and one that shows how many recomputes are
 * at the origin. Gives lines of at most 80 columns, the last ones a legend of what is drawn.
 */
export function lanesOf(timeline: RunTimeline): string[] {
  const { window, members } = timeline;
  const drawn = new Set<Cell>();
  const lanes = members.map((member) => {
    const marks = marksOf(timeline, member);
    const cells = columnsOf(window).map((column) => cellIn(marks, column));
    for (const cell of cells) drawn.add(cell);
    return lineOf(member, cells.map((cell) => CELLS[cell]).join(''));
  });
  const atOrigin = recomputesAt(timeline);
  const most = Math.max(...atOrigin);
  return [
    lineOf('', scaleOf(window)),
    ...lanes,
    lineOf('origin', atOrigin.map((count) => barOf(count, most)).join('')),
    lineOf('', `${most} ${most === 1 ? 'recompute' : 'recomputes'} there at once at the most`),
    ...legendOf([...drawn], timeline.seesInside),
  ];
}

const lineOf = (name: string, text: string): string => `  ${name.padEnd(NAME)}${text}`.trimEnd();

const widthOf = ({ fromWallMs, untilWallMs }: Window): number => (untilWallMs - fromWallMs) / COLUMNS;

const columnsOf = ({ fromWallMs, untilWallMs }: Window): Window[] => {
  const widthMs = widthOf({ fromWallMs, untilWallMs });
  return Array.from({ length: COLUMNS }, (_, index) => ({
    fromWallMs: fromWallMs + index * widthMs,
    untilWallMs: fromWallMs + (index + 1) * widthMs,
  }));
};

/** Everything that a member does in the window, and what is done to it. */
function marksOf({ window, ...timeline }: RunTimeline, member: string): Mark[] {
  const mine = <T extends { readonly by: string }>({ listed }: { readonly listed: readonly T[] }) =>
    listed.filter(({ by }) => by === member);
  const end = window.untilWallMs;
  return [
    ...mine(timeline.recomputes).map(({ arrivedWallMs, endedWallMs }) => ({
      cell: 'recomputes' as const,
      from: arrivedWallMs,
      until: endedWallMs ?? end,
    })),
    ...mine(timeline.waits).map(({ fromWallMs, untilWallMs }) => ({
      cell: 'waits' as const,
      from: fromWallMs,
      until: untilWallMs ?? end,
    })),
    ...mine(timeline.commits).map(({ atWallMs, accepted }) => ({
      cell: accepted ? ('committed' as const) : ('refused' as const),
      from: atWallMs,
      until: atWallMs,
    })),
    ...timeline.faults.flatMap(({ fault, victim, injectedWallMs, healedWallMs = end }): Mark[] => {
      const cell = STRUCK.find(([prefix]) => fault.startsWith(prefix))?.[1];
      return victim === member && cell && injectedWallMs !== undefined
        ? [{ cell, from: injectedWallMs, until: healedWallMs }]
        : [];
    }),
  ];
}

const ORDER = Object.keys(CELLS) as readonly Cell[];

const cellIn = (marks: readonly Mark[], { fromWallMs, untilWallMs }: Window): Cell =>
  ORDER.find((cell) =>
    marks.some((mark) => mark.cell === cell && mark.from < untilWallMs && mark.until >= fromWallMs),
  ) ?? 'answers';

/** Counts the recomputes that are at the origin, running or queued: the most at once in each column. */
const recomputesAt = ({ window, recomputes }: RunTimeline): number[] =>
  mostAtOnce(
    recomputes.listed.map(({ arrivedWallMs: from, endedWallMs: until }) => ({ from, until })),
    { fromMs: window.fromWallMs, widthMs: widthOf(window), length: COLUMNS },
  );

const barOf = (count: number, most: number): string =>
  count === 0 ? ' ' : (LEVELS[Math.ceil((count / Math.max(most, LEVELS.length)) * LEVELS.length) - 1] ?? '█');

/** A ruler: the seconds since the window began. */
function scaleOf({ fromWallMs, untilWallMs }: Window): string {
  const spanMs = untilWallMs - fromWallMs;
  const line = Array.from({ length: COLUMNS }, () => ' ');
  for (let atMs = 0; atMs < spanMs; atMs += stepFor(spanMs)) {
    const label = `|${(atMs / 1000).toFixed(1)} s`;
    const column = Math.floor((atMs / spanMs) * COLUMNS);
    if (column + label.length <= COLUMNS) line.splice(column, label.length, ...label);
  }
  return line.join('');
}

/** About six labels, at round times. */
const stepFor = (spanMs: number): number =>
  [200, 500, 1000, 2000, 5000].find((stepMs) => spanMs / stepMs <= 7) ?? 10_000;

function legendOf(drawn: readonly Cell[], seesInside: boolean): string[] {
  const meanings = seesInside ? MEANINGS : { ...MEANINGS, answers: 'has no call at the origin' };
  const entries = ORDER.filter((cell) => drawn.includes(cell)).map(
    (cell) => `${CELLS[cell]} ${meanings[cell]}`,
  );
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + entry.length + 3 <= COLUMNS + NAME)
      lines[lines.length - 1] = `${last}   ${entry}`;
    else lines.push(entry);
  }
  return lines.map((line) => lineOf('', line));
}
