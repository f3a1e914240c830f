import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultNamed } from '../../../faults/index.ts';
import { judge } from '../../../judge/index.ts';
import { untilConclusive } from '../../../lab/run/attempts.ts';
import { whyAgain } from '../../../lab/run/why-again.ts';
import { batchRunOf } from '../../../record/batch/batch.ts';
import type { RunRecord, Verdict } from '../../../record/result.ts';
import { tableOf } from '../../../report/ablation.ts';
import { rowOf } from '../../../report/comparison.ts';
import {
  attemptsText,
  comparisonCells,
  comparisonTitles,
  csvTable,
} from '../../../report/comparison-formats.ts';
import { faultRowOf, matrixOf } from '../../../report/fault-matrix.ts';
import { recordedRun } from '../../support/recorded-run.ts';

/** A run with the verdicts of some checks. */
function recordOf(verdicts: Readonly<Record<string, Verdict>>, ablate: string | null = null): RunRecord {
  const checks = Object.entries(verdicts).map(([name, verdict]) => ({ name, verdict, detail: 'seen' }));
  const verdict =
    (['fail', 'unknown'] as const).find((one) => Object.values(verdicts).includes(one)) ?? 'pass';
  return { verdict, checks, run: 'a-run', config: { ablate, at: null } } as unknown as RunRecord;
}

describe('a run is repeated', () => {
  const byChance = [
    'fault hit and answered',
    'injector health',
    'bounded waits',
    'labels agree with the clock',
    'served from the store',
  ];
  for (const name of byChance)
    it(`if ${name} is unknown and no check failed`, () => {
      assert.equal(whyAgain(recordOf({ [name]: 'unknown', 'fencing order': 'pass' })), name);
      assert.equal(whyAgain(recordOf({ [name]: 'unknown', 'fencing order': 'fail' })), undefined);
    });

  it('not if it is unknown for another reason, or passed', () => {
    assert.equal(whyAgain(recordOf({ 'every operation settled': 'unknown' })), undefined);
    assert.equal(whyAgain(recordOf({ 'injector health': 'pass' })), undefined);
  });

  it('though another check failed, if it is a mutant whose fault missed', () => {
    const verdicts = { 'fault hit and answered': 'unknown', 'bounded waits': 'fail' } as const;
    assert.equal(whyAgain(recordOf(verdicts, 'no-fence')), 'fault hit and answered');
  });

  const unknown = recordOf({ 'injector health': 'unknown' });
  const passed = recordOf({ 'injector health': 'pass' });
  for (const [what, runs, attempts] of [
    ['until it is conclusive', [unknown, passed, passed], 2],
    ['at most twice', [unknown, unknown, unknown, passed], 3],
    ['never, if the first says enough', [passed], 1],
  ] as const)
    it(`${what}, and the attempts are counted`, async (t) => {
      t.mock.method(console, 'log', () => {});
      const left = [...runs];
      const runOnce = async () => ({ record: left.shift() ?? passed });
      const run = await untilConclusive(runOnce, ({ verdict }) => verdict === 'pass');
      assert.equal(run.attempts, attempts);
      assert.equal(run.record, runs[attempts - 1]);
    });
});

describe('attempts are shown', () => {
  it('in the matrix of faults, where a run was repeated; the earlier ones count as unknown', () => {
    const fault = faultNamed('kill-holder');
    assert.ok(fault);
    const record = recordOf({ 'fault hit and answered': 'pass' });
    const once = matrixOf([faultRowOf(fault, 'recomputing', record, 1)]);
    assert.doesNotMatch(once, /attempts/);
    assert.match(once, /^1 pass, 0 fail, 0 unknown$/m);
    const repeated = matrixOf([faultRowOf(fault, 'recomputing', record, 3)]);
    assert.match(repeated, /^fault +at +verdict +attempts/m);
    assert.match(repeated, /^kill-holder +recomputing +pass +3 +seen$/m);
    assert.match(repeated, /^1 pass, 0 fail, 2 unknown\n1 of 1 judged passed: at most 95 % would fail/m);
  });

  it('in the table of ablations', () => {
    const [without, full] = [recordOf({ 'fencing order': 'fail' }), recordOf({ 'fencing order': 'pass' })];
    const guard = {
      guard: 'a fence',
      defendsAgainst: 'late writes',
      mustFail: ['fencing order'],
      fault: null,
    };
    const row = (attempts: { without: number; full: number }) => [
      {
        ...{ ablation: 'no-fence', ...guard },
        without: batchRunOf(without, attempts.without),
        full: batchRunOf(full, attempts.full),
      },
    ];
    assert.doesNotMatch(tableOf(row({ without: 1, full: 1 })), /attempts/);
    assert.match(
      tableOf(row({ without: 2, full: 1 })),
      /^no-fence +fail +2 +fencing[\s\S]*guard +pass +1 +fencing[\s\S]*1 of 3 runs unknown/m,
    );
  });

  it('in the files of a comparison', async () => {
    const run = judge(await recordedRun('lock-run'));
    const rows = [
      rowOf(
        'lock',
        [
          { ...run, attempts: 2 },
          { ...run, attempts: 1 },
        ],
        1,
      ),
    ];
    assert.match(attemptsText(rows).join('\n'), /^lock +3 attempts for 2 trials: 1 unknown/);
    assert.match(csvTable(rows), /^strategy,trials,attempts,expiries[\s\S]*\nlock,2,3,/);
    assert.deepEqual(attemptsText([rowOf('lock', [run], 1)]), []);
  });

  it('and a spread over trials is called their range', async () => {
    const run = judge(await recordedRun('lock-run'));
    const row = rowOf('lock', [run, run, run], 1);
    assert.equal(comparisonCells(row).length, comparisonTitles.length);
    const ranges = comparisonTitles.filter((title) => title.endsWith('(range of trials)'));
    assert.deepEqual(
      ranges.map((title) => title.split(' (')[0]),
      ['p99 of all, ms', 'wake p99, ms', 'Redis commands per request'],
    );
  });
});
