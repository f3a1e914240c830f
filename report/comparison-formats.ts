import type { ComparisonRow, Figure } from './comparison.ts';

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

export function markdownTable(rows: readonly ComparisonRow[]): string {
  const repeated = rows.some(({ attempts, trials }) => attempts > trials);
  const cells = rows.map((row) => [
    row.strategy,
    ...COLUMNS.map(({ figure, digits }) => spelled(figure(row), digits)),
    ...(repeated ? [`${row.attempts} for ${row.trials}`] : []),
    row.verdict,
  ]);
  const titles = [
    'strategy',
    ...COLUMNS.map(({ title }) => title),
    ...(repeated ? ['attempts'] : []),
    'verdict',
  ];
  return [titles, titles.map((_, index) => (index === 0 ? '---' : '---:')), ...cells]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');
}

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

function spelled(figure: Figure | null, digits: number): string {
  if (!figure) return '-';
  const [low, high] = figure.interval ?? [];
  const value = figure.value.toFixed(digits);
  return low === undefined || high === undefined
    ? value
    : `${value} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
