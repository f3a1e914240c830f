import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

/** Small enough for a busy machine, and enough invalidations for some to meet a recompute. */
const SMALL = ['REPLICAS=3', 'RECOMPUTE=150ms', 'RATE=200', 'INVALIDATE=300ms', 'EXPIRIES=6'];

describe('a herd on a key that is invalidated all the time', () => {
  // One with copies, and one whose writes are fenced without a lease.
  for (const strategy of ['near-cache', 'xfetch'])
    it(`gets no older value from ${strategy}`, async (t) => {
      const folder = labFolder();
      t.after(() => folder.remove());
      const record = await firstToTell(async () => {
        const { status, out, err } = await runLab(folder.path, ['herd', `STRATEGY=${strategy}`, ...SMALL]);
        assert.ok(status === 0 || status === 1 || status === 2, `${out}${err}`);
        for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
        assert.deepEqual(processesIn(folder.path), []);
        return latestRecord(folder.path);
      });
      assert.deepEqual(wantingIn(record), []);
      const { asked = 0, acknowledged, refilled = 0 } = record.invalidations ?? {};
      assert.ok(asked >= 6 && acknowledged === asked, `${acknowledged} of ${asked} acknowledged`);
      assert.ok(refilled > 0);
      const verdict = record.checks.find(({ name }) => name === 'invalidated values gone')?.verdict;
      assert.equal(verdict, 'pass');
    });
});
