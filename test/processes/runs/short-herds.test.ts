import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { strategies } from '../../../strategies/index.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

/** Small enough for a busy machine: 30 requests an expiry. */
const SMALL = ['REPLICAS=3', 'TTL=1s', 'RECOMPUTE=150ms', 'RATE=200', 'EXPIRIES=3'];

/** Schema 1, as the run record is written. */
const FIELDS = [
  ...['schema', 'run', 'strategy', 'runtime', 'fault', 'config', 'host', 'expiries', 'origin', 'requests'],
  ...[
    'latencyMs',
    'wakeMs',
    'wakeAtClientMs',
    'ageMs',
    'stalenessMs',
    'redis',
    'fencing',
    'checks',
    'verdict',
  ],
];

describe('a short herd on real processes', () => {
  for (const { name } of strategies) {
    it(`holds ${name} to its claim and leaves a whole record`, async (t) => {
      const folder = labFolder();
      t.after(() => folder.remove());
      const record = await firstToTell(async () => {
        const { status, out, err } = await runLab(folder.path, ['herd', `STRATEGY=${name}`, ...SMALL]);
        assert.ok(status === 0 || status === 1 || status === 2, `${out}${err}`);
        for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
        assert.deepEqual(processesIn(folder.path), []);
        const judged = latestRecord(folder.path);
        assert.equal(status, { pass: 0, fail: 1, unknown: 2 }[judged.verdict]);
        return judged;
      });
      assert.deepEqual(Object.keys(record), FIELDS);
      assert.deepEqual(wantingIn(record), []);
      assert.equal(record.expiries, 3);
    });
  }
});
