import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { faults } from '../../lab/faults/index.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../support/lab.ts';

interface Check {
  readonly name: string;
  readonly verdict: string;
  readonly detail: string;
}

describe('under a fault the lock holds', () => {
  const folder = labFolder();
  after(() => folder.remove());

  for (const fault of [
    'kill-holder',
    'pause-holder',
    'pause-holder-overlap',
    'origin-down',
    'redis-down',
    'redis-restart',
    'lost-wakeups',
    'redis-failover',
    'partition',
    'redlock-nodes-down',
    'redlock-amnesia',
    'rolling-restart',
    'scale-out',
  ]) {
    it(fault, async () => {
      const { status, out, err } = await runLab(folder.path, ['herd', `FAULT=${fault}`]);
      const record = JSON.parse(readFileSync(join(folder.path, 'results/latest/result.json'), 'utf8'));
      assert.equal(record.fault, fault);
      // A machine too busy to keep the pace leaves the run unknown; nothing else may.
      const wanting = record.checks.filter(
        ({ name, verdict }: Check) => verdict !== 'pass' && name !== 'injector health',
      );
      assert.deepEqual(wanting, [], `${out}${err}`);
      assert.ok(status === 0 || status === 2);
      assert.deepEqual(processesIn(folder.path), []);
    });
  }
});

describe('Ctrl-C in the middle of a fault leaves nothing behind, no process and no paused victim', () => {
  const folder = labFolder();
  after(() => folder.remove());

  for (const { name } of faults) {
    it(name, async () => {
      const run = startLab(folder.path, ['herd', `FAULT=${name}`, 'TTL=500ms', 'RATE=100', 'REPLICAS=3']);
      await eventually('the injection', () => run.out().includes(': injected'), 120_000);
      run.child.kill('SIGINT');
      assert.equal(await run.ended, 130, run.out() + run.err());
      await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
    });
  }
});
