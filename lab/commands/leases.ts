import type { LeaseRow } from '../../record/batch/batch.ts';
import { formatDuration } from '../../record/duration.ts';
import { brokenIn, LEASE_COLUMNS, leaseCells, leaseLine, leaseNotes } from '../../report/lease-matrix.ts';
import { wrapped } from '../../report/wrapped.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { ensureEveryLockServer } from '../install/ensure-servers.ts';
import { LEASE_MS, measure, NEVER_MS } from '../leases/measure.ts';
import { variants } from '../leases/variants.ts';
import { inBatch } from '../run/recording/batch-folder.ts';
import type { Command } from './command.ts';

/** Every lease backend under every fault: who is released at once, who by a term, who never. */
export const leases: Command = async (invocation, signal) => {
  await ensureEveryLockServer(signal);
  console.log(
    `every lease backend, LEASE=${formatDuration(LEASE_MS)}: time in ms from the fault to the next grant`,
  );
  console.log(leaseLine('', LEASE_COLUMNS));
  return inBatch(invocation, variants.length, async (batch) => {
    const rows: LeaseRow[] = [];
    for (const variant of variants) {
      const measured = await measure(variant, signal);
      console.log(leaseLine(measured.name, leaseCells(measured)));
      rows.push(measured);
      await batch.write({ kind: 'leases', leaseMs: LEASE_MS, neverMs: NEVER_MS, rows });
    }
    console.log(
      `\n${leaseNotes(NEVER_MS)
        .flatMap((note) => wrapped('', note))
        .join('\n')}\n`,
    );
    const broken = rows.filter((row) => brokenIn(row).length > 0).map(({ name }) => name);
    if (broken.length > 0) console.log(`verdict: fail: ${broken.join(', ')}`);
    return broken.length > 0 ? EXIT_STATUS.fail : EXIT_STATUS.pass;
  });
};
