import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultAnswered } from '../../../judge/checks/fault-answered.ts';
import type { Judgement, Verdict } from '../../../record/result.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { latestRecord } from '../../support/wanting.ts';

/** The lab's own app, as if it were the user's. */
const APP = `exec ${process.execPath} ${fileURLToPath(new URL('../../../services/app/main.ts', import.meta.url))}`;
const ATTEMPTS = 3;

describe('a fault that is done from outside', () => {
  const folder = labFolder();
  after(() => folder.remove());

  /** Gives what the fault's judge found in the first of three runs that tells it. */
  async function foundIn(app: string, fault: string, tells: readonly Verdict[]): Promise<Judgement> {
    for (let attempt = 1; ; attempt++) {
      // Nothing else is promised: a process that is starved may do without Redis for a moment, which anybody can see.
      const typed = [`APP=${app}`, 'STRATEGY=lock', `CLAIM=survives=${fault}`, `FAULT=${fault}`];
      await runLab(folder.path, ['herd', ...typed, 'TTL=1s', 'EXPIRIES=2']);
      assert.deepEqual(processesIn(folder.path), []);
      const record = latestRecord(folder.path);
      assert.deepEqual([record.strategy, record.fault], ['yours', fault]);
      const found = record.checks.find(({ name }) => name === faultAnswered.name);
      if (found && (tells.includes(found.verdict) || attempt === ATTEMPTS)) return found;
    }
  }

  it('kills whoever recomputes, and another lock holder follows', async () => {
    const { verdict, detail } = await foundIn(APP, 'kill-holder', ['pass', 'fail']);
    assert.equal(verdict, 'pass', detail);
    assert.match(detail, /app-\d had the value made \d+ ms after app-\d was hit/);
  });

  // A freeze may end the recompute, which then writes nothing late.
  it('freezes whoever recomputes, and shows that a lock has no fence', async () => {
    const { verdict, detail } = await foundIn(`ABLATE=no-fence ${APP}`, 'pause-holder', ['fail']);
    assert.equal(verdict, 'fail', detail);
    assert.match(detail, /version \d+ was read from app-\d after version \d+ had been/);
  });
});
