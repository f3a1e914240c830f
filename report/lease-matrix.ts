import { LEASE_FAULTS, type LeaseRow, type Released } from '../record/batch/batch.ts';
import { formatDuration } from '../record/duration.ts';

const WIDTHS = [18, 7, 7, 8, 7, 7, 6, 8, 6, 6];

/** The titles of the columns after the first. */
export const LEASE_COLUMNS = [...LEASE_FAULTS, '1 of 2', 'recom', 'refused', 'take', 'give'] as const;

/** Says what no lease may do: let two callers of one process in, or let a late write through. Empty if it did neither. */
export const brokenIn = ({ grantedOfTwo, faults }: LeaseRow): string[] => [
  ...(grantedOfTwo === 1 ? [] : [`${grantedOfTwo} of two callers in one process were granted the lock`]),
  ...Object.entries(faults).flatMap(([fault, { lateWrite }]) =>
    lateWrite === 'accepted' ? [`${fault}: the late write was accepted`] : [],
  ),
];

/** Says after how many ms somebody else was granted the lease. */
export const releaseText = (released: Released | undefined): string =>
  released ? (released.afterMs === null ? 'never' : released.afterMs.toFixed(0)) : '-';

/** Gives the cells of {@link LEASE_COLUMNS}. */
export function leaseCells({ faults, grantedOfTwo, acquireMs, releaseMs }: LeaseRow): string[] {
  const all = Object.values(faults);
  const late = all.filter(({ lateWrite }) => lateWrite !== null);
  return [
    ...LEASE_FAULTS.map((fault) => releaseText(faults[fault])),
    grantedOfTwo === 1 ? 'yes' : 'NO',
    `${all.reduce((sum, { recomputes }) => sum + recomputes, 0)}/${all.length}`,
    `${late.filter(({ lateWrite }) => lateWrite === 'fenced').length}/${late.length}`,
    acquireMs.toFixed(2),
    releaseMs.toFixed(2),
  ];
}

/** Writes a line of the table. */
export const leaseLine = (name: string, cells: readonly string[]): string =>
  [name.padEnd(WIDTHS[0] ?? 0), ...cells.map((cell, index) => cell.padStart(WIDTHS[index + 1] ?? 0))].join(
    '',
  );

/** Explains the columns of the table. */
export const leaseNotes = (neverMs: number): string[] => [
  'killed: SIGKILL of the holder; paused: SIGSTOP; restart: of what grants the lease, killed and started empty; cut: the holder’s link, and nobody is told.',
  `never: not within ${formatDuration(neverMs)}; -: this kind of lock cannot have the fault.`,
  '1 of 2: two callers in one process exclude each other; recom: recomputes over the faults; refused: late writes of holders that had lost the lease.',
  'take, give: ms for an uncontended acquire and release, the median of 200.',
];
