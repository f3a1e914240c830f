import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faults } from '../../../faults/index.ts';
import { eventually, labFolder, processesIn, startLab } from '../../support/lab.ts';
import { whyNot } from '../../support/lock-server.ts';

describe('Ctrl-C in the middle of a fault leaves nothing behind, no process and no paused victim', {
  concurrency: 4,
}, () => {
  // The slowest are the last ones.
  for (const { name, presets } of [...faults].reverse()) {
    const skip = presets.LEASE_BACKEND === 'memcached' && whyNot('memcached');
    it(name, { skip }, async (t) => {
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
