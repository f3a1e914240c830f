import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { faults } from '../../lab/faults/index.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../support/wanting.ts';

/** Fewer and shorter expiries than are preset, for the faults that need no more. */
const SHORT = ['TTL=1s', 'EXPIRIES=2'];
/** Those whose preset times are what they are about. */
const AS_PRESET: string[] = [];
/** The rest are interrupted below; `make faults` runs them all. */
const RUNS: readonly (readonly [fault: string, parameters: readonly string[]])[] = [
  ['kill-holder', SHORT],
  ['kill-refresher', SHORT],
  ['pause-holder', SHORT],
  ['origin-down', AS_PRESET],
  ['redis-down', SHORT],
  ['redis-failover', AS_PRESET],
  ['partition', AS_PRESET],
  ['rolling-restart', SHORT],
  ['scale-out', SHORT],
];

describe('under a fault the strategy holds', () => {
  const folder = labFolder();
  after(() => folder.remove());

  for (const [fault, parameters] of RUNS) {
    it(fault, async () => {
      const record = await firstToTell(async () => {
        await runLab(folder.path, ['herd', `FAULT=${fault}`, ...parameters]);
        assert.deepEqual(processesIn(folder.path), []);
        return latestRecord(folder.path);
      });
      assert.equal(record.fault, fault);
      assert.deepEqual(wantingIn(record), []);
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
