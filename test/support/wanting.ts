import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../record/result.ts';

/** A fault may miss its moment; the run is unknown then, and proves nothing. */
const ATTEMPTS = 3;

/** The record of the last run in the lab's folder. */
export const latestRecord = (folder: string): RunRecord =>
  JSON.parse(readFileSync(join(folder, 'results/latest/result.json'), 'utf8'));

/** What is unknown on a machine too busy to keep the pace. */
const OF_THE_MACHINE = ['injector health', 'bounded waits', 'labels agree with the clock'];

/** What a run was not found to be well in; a machine too busy to keep the pace is no finding. */
export const wantingIn = ({ checks }: RunRecord): RunRecord['checks'] =>
  checks.filter(
    ({ name, verdict }) => verdict === 'fail' || (verdict === 'unknown' && !OF_THE_MACHINE.includes(name)),
  );

/** The first run with something to say, of at most three: one that is only unknown says nothing. */
export async function firstToTell(run: () => Promise<RunRecord>): Promise<RunRecord> {
  for (let attempt = 1; ; attempt++) {
    const record = await run();
    const wanting = wantingIn(record);
    const saysNothing = wanting.length > 0 && wanting.every(({ verdict }) => verdict === 'unknown');
    if (!saysNothing || attempt === ATTEMPTS) return record;
  }
}
