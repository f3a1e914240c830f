import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Judgement } from '../../lab/checks/index.ts';
import { faults } from '../../lab/faults/index.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../support/lab.ts';

/** Fewer and shorter expiries than are preset, for the faults that need no more. */
const SHORT = ['TTL=1s', 'EXPIRIES=2'];
/** Those whose preset times are what they are about. */
const AS_PRESET: string[] = [];
/** The rest are interrupted below; `make faults` runs them all. */
const RUNS: readonly (readonly [fault: string, parameters: readonly string[]])[] = [
  ['kill-holder', SHORT],
  ['pause-holder', SHORT],
  ['origin-down', AS_PRESET],
  ['redis-down', SHORT],
  ['redis-failover', AS_PRESET],
  ['partition', AS_PRESET],
  ['rolling-restart', SHORT],
  ['scale-out', SHORT],
];
/** A fault may miss its moment; the run is unknown then, and proves nothing. */
const ATTEMPTS = 3;

describe('under a fault the lock holds', () => {
  const folder = labFolder();
  after(() => folder.remove());

  /** What was not found to be well; a machine too busy to keep the pace is no finding. */
  async function wantingUnder(fault: string, parameters: readonly string[]): Promise<Judgement[]> {
    await runLab(folder.path, ['herd', `FAULT=${fault}`, ...parameters]);
    const record = JSON.parse(readFileSync(join(folder.path, 'results/latest/result.json'), 'utf8'));
    assert.equal(record.fault, fault);
    assert.deepEqual(processesIn(folder.path), []);
    return record.checks.filter(
      ({ name, verdict }: Judgement) => verdict !== 'pass' && name !== 'injector health',
    );
  }

  for (const [fault, parameters] of RUNS) {
    it(fault, async () => {
      let wanting: Judgement[] = [];
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        wanting = await wantingUnder(fault, parameters);
        const missed = wanting.length > 0 && wanting.every(({ verdict }) => verdict === 'unknown');
        if (!missed) break;
      }
      assert.deepEqual(wanting, []);
    });
  }
});

describe('Ctrl-C in the middle of a fault leaves nothing behind, no process and no paused victim', {
  concurrency: 4,
}, () => {
  for (const { name } of faults) {
    it(name, async (t) => {
      const folder = labFolder();
      t.after(() => folder.remove());
      const run = startLab(folder.path, ['herd', `FAULT=${name}`, 'TTL=500ms', 'RATE=50', 'REPLICAS=2']);
      await eventually('the injection', () => run.out().includes(': injected'), 120_000);
      run.child.kill('SIGINT');
      assert.equal(await run.ended, 130, run.out() + run.err());
      await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
    });
  }
});
