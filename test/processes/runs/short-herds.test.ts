import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Definition } from '../../../strategies/contract/index.ts';
import { strategies } from '../../../strategies/index.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

/** Small enough for a busy machine: 30 requests an expiry. */
const SMALL = ['REPLICAS=3', 'RECOMPUTE=150ms', 'RATE=200', 'EXPIRIES=3'];
/** With a shorter TTL nobody could tell early refreshes from refreshes without pause. */
const ttlFor = ({ claim }: Definition) => (claim.early ? 'TTL=2s' : 'TTL=1s');

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
    'invalidations',
    'fencing',
    'checks',
    'verdict',
  ],
];

describe('a short herd on real processes', () => {
  for (const definition of strategies) {
    const { name } = definition;
    it(`holds ${name} to its claim and leaves a whole record`, async (t) => {
      const folder = labFolder();
      t.after(() => folder.remove());
      const record = await firstToTell(async () => {
        const typed = [`STRATEGY=${name}`, ttlFor(definition), ...SMALL];
        const { status, out, err } = await runLab(folder.path, ['herd', ...typed]);
        assert.ok(status === 0 || status === 1 || status === 2, `${out}${err}`);
        for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
        assert.deepEqual(processesIn(folder.path), []);
        const judged = latestRecord(folder.path);
        assert.equal(status, { pass: 0, fail: 1, unknown: 2 }[judged.verdict]);
        return judged;
      });
      assert.deepEqual(Object.keys(record), FIELDS);
      assert.deepEqual(wantingIn(record), []);
      assert.ok(record.expiries >= 3);
    });
  }
});
