import { type Judged, judge } from '../../judge/index.ts';
import type { AblationRow, BatchOf, BatchRun, FaultRow, LeaseRow } from '../../record/batch/batch.ts';
import type { Verdict } from '../../record/result.ts';
import { rowOf } from '../../report/comparison.ts';
import { recordedRun } from './recorded-run.ts';

const head = { schema: 1 as const, host: { cpus: 2, node: 'v24.0.0' } };
const judged = judge(await recordedRun('lock-run'));

/** A run with this verdict, by a check of its own. */
export const runOf = (run: string, verdict: Verdict = 'pass', detail = 'seen 1'): BatchRun => ({
  ...{ run, strategy: 'lock', verdict, attempts: 1 },
  checks: [
    { name: 'fencing order', verdict, detail },
    { name: 'fault hit and answered', verdict: 'pass', detail: 'the holder was killed' },
  ],
});

/** Three trials of the recorded run, as if this had been its strategy. */
export function comparisonOf(strategy: string) {
  const trial = (run: string): Judged => ({ ...judged, record: { ...judged.record, run, strategy } });
  return rowOf(
    strategy,
    [1, 2, 3].map((number) => trial(`${strategy}-${number}`)),
    1,
  );
}

/** A comparison of strategies, all of them with the figures of the recorded run unless `change` says otherwise. */
export const comparedBatch = (
  strategies: readonly string[],
  change: (row: ReturnType<typeof comparisonOf>) => ReturnType<typeof comparisonOf> = (row) => row,
): BatchOf<'compare'> => ({
  ...{ ...head, kind: 'compare', batch: 'a-compare', command: 'make compare EXPIRIES=2' },
  planned: 3 * strategies.length,
  settings: judged.evidence.settings,
  rows: strategies.map(comparisonOf).map(change),
});

export const faultsBatch = (rows: readonly FaultRow[], claim: string | null = null): BatchOf<'faults'> => ({
  ...{ ...head, kind: 'faults', batch: 'some-faults', command: 'make faults' },
  ...{ planned: rows.length, claim, rows },
});

export const faultRow = (run: BatchRun, more: Partial<FaultRow> = {}): FaultRow => ({
  ...{ fault: 'kill-holder', summary: 'SIGKILL the holder', guard: 'the lease has a TTL' },
  ...{ point: 'recomputing', expected: 'one other takes over', run },
  ...more,
});

export const ablateBatch = (rows: readonly AblationRow[]): BatchOf<'ablate'> => ({
  ...{ ...head, kind: 'ablate', batch: 'an-ablate', command: 'make ablate' },
  ...{ planned: rows.length, rows },
});

export const ablationRow = (without: BatchRun, full: BatchRun): AblationRow => ({
  ...{ ablation: 'no-fence', guard: 'a fence', defendsAgainst: 'late writes', fault: 'pause-holder' },
  ...{ mustFail: ['fencing order'], without, full },
});

export const leasesBatch = (rows: readonly LeaseRow[]): BatchOf<'leases'> => ({
  ...{ ...head, kind: 'leases', batch: 'some-leases', command: 'make leases' },
  ...{ planned: rows.length, leaseMs: 1000, neverMs: 5000, rows },
});

/** A lease whose killed holder is followed after a term, and whose paused one is never. */
export const leaseRow = (name: string, lateWrite = 'fenced'): LeaseRow => ({
  name,
  faults: {
    killed: { afterMs: 1003, recomputes: 2, lateWrite: null },
    paused: { afterMs: null, recomputes: 1, lateWrite: null },
    cut: { afterMs: 12, recomputes: 2, lateWrite },
  },
  ...{ grantedOfTwo: 1, acquireMs: 0.2, releaseMs: 0.1 },
});
