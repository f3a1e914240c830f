import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { findEngine } from '../../../cluster/compose/engine.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

/** Fewer and shorter expiries than are preset, for the faults that need no more. */
const SHORT = ['TTL=1s', 'EXPIRIES=2'];
/** Where the preset times are what it is about: only fewer. */
const FEWER = ['EXPIRIES=2'];
/** The rest are interrupted (test/processes/lifecycle/); `make faults` runs them all. */
const RUNS: readonly (readonly [fault: string, parameters: readonly string[]])[] = [
  ['kill-holder', SHORT],
  ['kill-holder', [...SHORT, 'AT=committed']],
  ['kill-refresher', SHORT],
  ['pause-holder', SHORT],
  ['pause-holder', [...SHORT, 'AT=committing']],
  ['origin-down', ['EXPIRIES=5']],
  ['client-leaves', SHORT],
  ['redis-down', SHORT],
  ['kill-holder+redis-slow', SHORT],
  ['store-read-only', SHORT],
  ['redis-failover', FEWER],
  // Where there are containers a real network parts: test/containers/.
  ...('missing' in (await findEngine()) ? [['partition', FEWER] as const] : []),
  ['rolling-restart', SHORT],
  ['scale-out', SHORT],
];

describe('under a fault the strategy holds', () => {
  const folder = labFolder();
  after(() => folder.remove());

  for (const [fault, parameters] of RUNS) {
    it([fault, ...parameters.filter((one) => one.startsWith('AT='))].join(' '), async () => {
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
