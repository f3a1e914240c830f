import type { ComparisonRow, Figure } from '../record/batch/batch.ts';

interface Column {
  readonly title: string;
  /** For the terminal, where 80 columns must do; without one it is only in the files. */
  readonly short?: string;
  readonly width?: number;
  figure(row: ComparisonRow): Figure | null;
  readonly digits: number;
}

const COLUMNS: readonly Column[] = [
  {
    title: 'recomputes per expiry, mean',
    short: 'mean',
    width: 7,
    digits: 2,
    figure: (row) => row.recomputesPerExpiry,
  },
  {
    title: 'recomputes per expiry, max',
    short: 'max',
    width: 4,
    digits: 0,
    figure: (row) => plain(row.recomputesPerExpiry.max),
  },
  {
    title: 'p50 across expiry, ms',
    short: 'p50',
    width: 6,
    digits: 1,
    figure: (row) => row.acrossExpiryMs.p50,
  },
  {
    title: 'p99 across expiry, ms',
    short: 'p99',
    width: 7,
    digits: 1,
    figure: (row) => row.acrossExpiryMs.p99,
  },
  { title: 'p99 of all, ms (range of trials)', digits: 1, figure: (row) => row.allP99Ms },
  {
    title: 'longest beyond p99 of hits, ms',
    short: 'worst',
    width: 7,
    digits: 0,
    figure: ({ maxBeyondHitsMs }) => (maxBeyondHitsMs === null ? null : plain(maxBeyondHitsMs)),
  },
  {
    title: 'max staleness, ms',
    short: 'stale',
    width: 6,
    digits: 0,
    figure: (row) => plain(row.maxStalenessMs),
  },
  {
    title: 'wake p99, ms (range of trials)',
    short: 'wake',
    width: 6,
    digits: 1,
    figure: (row) => row.wakeP99Ms,
  },
  {
    title: 'Redis commands per request (range of trials)',
    short: 'redis',
    width: 6,
    digits: 2,
    figure: (row) => row.redisCommandsPerRequest,
  },
];

const plain = (value: number): Figure => ({ value, interval: null });

const NAMES = 22;

export function terminalTable(rows: readonly ComparisonRow[]): string {
  const shown = COLUMNS.filter(({ short }) => short);
  const line = (name: string, cells: string[], last: string) =>
    `${name.padEnd(NAMES)}${cells.map((cell, index) => cell.padStart(shown[index]?.width ?? 0)).join('')}  ${last}`;
  return [
    `${' '.repeat(NAMES)}${'recomputes'.padStart(11)}${'at expiry'.padStart(13)}`,
    line(
      'strategy',
      shown.map(({ short = '' }) => short),
      'verdict',
    ),
    ...rows.map((row) =>
      line(
        row.strategy,
        shown.map(({ figure, digits }) => figure(row)?.value.toFixed(digits) ?? '-'),
        row.verdict,
      ),
    ),
  ].join('\n');
}

/** Says which trials were repeated, one line each. */
export const attemptsText = (rows: readonly ComparisonRow[]): string[] =>
  rows
    .filter(({ attempts, trials }) => attempts > trials)
    .map(
      ({ strategy, attempts, trials }) =>
        `${strategy.padEnd(NAMES)} ${attempts} attempts for ${trials} trials: ${attempts - trials} unknown and repeated`,
    );

/** Gives the columns of the whole table, and a row's figures, each with its range. */
export const comparisonTitles: readonly string[] = COLUMNS.map(({ title }) => title);
export const comparisonCells = (row: ComparisonRow): { readonly value: string; readonly range: string }[] =>
  COLUMNS.map(({ figure, digits }) => {
    const found = figure(row);
    const [low, high] = found?.interval ?? [];
    return {
      value: found?.value.toFixed(digits) ?? '-',
      range:
        low === undefined || high === undefined ? '' : `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`,
    };
  });

export function csvTable(rows: readonly ComparisonRow[]): string {
  const titles = COLUMNS.flatMap(({ title }) =>
    [title, `${title}, low`, `${title}, high`].map((text) => `"${text}"`),
  );
  const lines = rows.map((row) =>
    [
      row.strategy,
      row.trials,
      row.attempts,
      row.expiries,
      ...COLUMNS.flatMap(({ figure }) => {
        const found = figure(row);
        return [found?.value ?? '', found?.interval?.[0] ?? '', found?.interval?.[1] ?? ''];
      }),
      row.verdict,
    ].join(','),
  );
  return `${[['strategy', 'trials', 'attempts', 'expiries', ...titles, 'verdict'].join(','), ...lines].join('\n')}\n`;
}
