import type { BatchOf } from '../../record/batch/batch.ts';
import { releasesChart } from '../charts/releases.ts';
import { formatMs } from '../html/figures.ts';
import { brokenIn, LEASE_COLUMNS, leaseCells, leaseNotes } from '../lease-matrix.ts';
import { counted, type Story } from './story.ts';

/** Tells what `make leases` showed. */
export function leasesStory({ rows, leaseMs, neverMs }: BatchOf<'leases'>): Story {
  const cases = rows.map((row) => {
    const broken = brokenIn(row);
    return {
      name: row.name,
      verdict: broken.length > 0 ? ('fail' as const) : ('pass' as const),
      detail: broken.join('; ') || 'two callers exclude each other; every late write was refused',
    };
  });
  const broken = cases.filter(({ verdict }) => verdict === 'fail').length;
  const kinds = counted(rows.length, 'kind');
  return {
    headline:
      broken === 0
        ? `${kinds} of lock were broken on purpose, and none let an outdated write through`
        : `${kinds} of lock were broken on purpose, and ${broken} of them let in what a lock must keep out`,
    about:
      `Replicas take a lock (a lease) so that only one of them recomputes a value. Here each kind of lock is taken with a term of ${formatMs(leaseMs)}, and then its ` +
      'holder or its server breaks. What counts: how long until somebody else gets the lock, and that a holder that comes back too late writes nothing.',
    cases,
    whenPassed:
      'Two callers in one process always excluded each other, and every write of a holder that had lost its lock was refused. How long a lock stays taken is measured, not judged.',
    figures: [
      {
        title: 'How long until somebody else gets the lock',
        chart: releasesChart(rows, neverMs),
        caption: `One row per kind of lock, a letter for each way to break it. K: its holder is killed. P: its holder is paused. R: what grants the lock restarts empty. C: the holder’s link is cut. Each step to the right on the scale is ten times as long. Never: not within ${formatMs(neverMs)}.`,
      },
    ],
    table: {
      title: 'Every kind of lock under every fault',
      caption: 'From the fault to the next grant, in ms',
      titles: ['Lock', 'Result', ...LEASE_COLUMNS],
      rows: rows.map((row) => [
        row.name,
        { verdict: brokenIn(row).length > 0 ? 'fail' : 'pass' },
        ...leaseCells(row),
      ]),
    },
    notes: leaseNotes(neverMs),
  };
}
