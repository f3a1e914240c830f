import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration } from '../../record/duration.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { ensureEveryLockServer } from '../install/ensure-servers.ts';
import { FAULTS, LEASE_MS, type Measured, measure, NEVER_MS, type Released } from '../leases/measure.ts';
import { variants } from '../leases/variants.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import type { Command } from './command.ts';

const WIDTHS = [18, 7, 7, 8, 7, 7, 6, 8, 6, 6];
const HEAD = ['', 'killed', 'paused', 'restart', 'cut', '1 of 2', 'recom', 'refused', 'take', 'give'];

/** Every lease backend under every fault: who is released at once, who by a term, who never. */
export const leases: Command = async (_invocation, signal) => {
  await ensureEveryLockServer(signal);
  console.log(
    `every lease backend, LEASE=${formatDuration(LEASE_MS)}: time in ms from the fault to the next grant`,
  );
  console.log(line(HEAD));
  const rows: Measured[] = [];
  for (const variant of variants) {
    const measured = await measure(variant, signal);
    console.log(line(cellsOf(measured)));
    rows.push(measured);
  }
  const file = join(RESULTS, `${timestamp(new Date())}-leases.md`);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(file, markdownOf(rows));
  console.log(LEGEND);
  console.log(`\ntable: ${file}`);
  const broken = rows.filter(isBroken).map(({ name }) => name);
  if (broken.length > 0) console.log(`verdict: fail: ${broken.join(', ')}`);
  return broken.length > 0 ? EXIT_STATUS.fail : EXIT_STATUS.pass;
};

const LEGEND = `
killed: SIGKILL of the holder; paused: SIGSTOP; restart: of what grants the
lease, killed and started empty; cut: the holder's link, and nobody is told;
never: not within ${formatDuration(NEVER_MS)}; -: no such thing
1 of 2: two callers in one process exclude each other; recom: recomputes over
the faults; refused: late writes of holders that had lost the lease;
take, give: ms for an uncontended acquire and release, the median of 200`;

/** What no lease may do, however bad: let two of one process in, or let a late write through. */
const isBroken = ({ grantedOfTwo, faults }: Measured) =>
  grantedOfTwo !== 1 || Object.values(faults).some(({ lateWrite }) => lateWrite === 'accepted');

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[index] ?? 0)))
    .join('');

const timeOf = (released: Released | undefined): string =>
  released ? (released.afterMs === null ? 'never' : released.afterMs.toFixed(0)) : '-';

function cellsOf({ name, faults, grantedOfTwo, acquireMs, releaseMs }: Measured): string[] {
  const all = Object.values(faults);
  const late = all.filter(({ lateWrite }) => lateWrite !== null);
  return [
    name,
    ...FAULTS.map((fault) => timeOf(faults[fault])),
    grantedOfTwo === 1 ? 'yes' : 'NO',
    `${all.reduce((sum, { recomputes }) => sum + recomputes, 0)}/${all.length}`,
    `${late.filter(({ lateWrite }) => lateWrite === 'fenced').length}/${late.length}`,
    acquireMs.toFixed(2),
    releaseMs.toFixed(2),
  ];
}

function markdownOf(rows: readonly Measured[]): string {
  const table = (head: readonly string[], body: readonly (readonly string[])[]) =>
    [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...body]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
  const matrix = table(
    ['backend', ...HEAD.slice(1)],
    rows.map((row) => cellsOf(row)),
  );
  const details = rows.flatMap(({ name, faults }) =>
    FAULTS.flatMap((fault) => {
      const released = faults[fault];
      if (!released) return [];
      return [[name, fault, timeOf(released), `${released.recomputes}`, released.lateWrite ?? '-']];
    }),
  );
  return [
    `# Lease backends and faults, LEASE=${formatDuration(LEASE_MS)}`,
    matrix,
    LEGEND.trim(),
    table(['backend', 'fault', 'released after, ms', 'recomputes', 'late write'], details),
    '',
  ].join('\n\n');
}
