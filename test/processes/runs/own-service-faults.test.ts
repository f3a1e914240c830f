import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultAnswered } from '../../../judge/checks/fault-answered.ts';
import type { Judgement } from '../../../record/result.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { latestRecord } from '../../support/wanting.ts';

const node = (file: string) =>
  `exec ${process.execPath} ${fileURLToPath(new URL(`../../../${file}`, import.meta.url))}`;
/** The lab's own app, as if it were the user's. */
const APP = node('services/app/main.ts');
/** Its lock has no fence. Unlike the lab's, it never gives a recompute up: whatever it has, it writes, however late. */
const UNFENCED = node('test/fixtures/services/flawed.mjs');
const ATTEMPTS = 3;

describe('a fault that is done from outside', () => {
  const folder = labFolder();
  after(() => folder.remove());

  /** Gives what the fault's judge found in the first of three runs that tells it. */
  async function foundIn(app: string, fault: string): Promise<Judgement> {
    for (let attempt = 1; ; attempt++) {
      // Nothing else is promised: a process that is starved may do without Redis for a moment, which anybody can see.
      const typed = [`APP=${app}`, 'STRATEGY=lock', `CLAIM=survives=${fault}`, `FAULT=${fault}`];
      await runLab(folder.path, ['herd', ...typed, 'TTL=1s', 'EXPIRIES=2']);
      assert.deepEqual(processesIn(folder.path), []);
      const record = latestRecord(folder.path);
      assert.deepEqual([record.strategy, record.fault], ['yours', fault]);
      const found = record.checks.find(({ name }) => name === faultAnswered.name);
      if (found && (found.verdict !== 'unknown' || attempt === ATTEMPTS)) return found;
    }
  }

  it('kills whoever recomputes, and another lock holder follows', async () => {
    const { verdict, detail } = await foundIn(APP, 'kill-holder');
    assert.equal(verdict, 'pass', detail);
    assert.match(detail, /app-\d had the value made \d+ ms after app-\d was hit/);
  });

  it('freezes whoever recomputes, and shows that a lock has no fence', async () => {
    const { verdict, detail } = await foundIn(UNFENCED, 'pause-holder');
    assert.equal(verdict, 'fail', detail);
    assert.match(detail, /version \d+ was read from app-\d after version \d+ had been/);
  });
});
