import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { strategies } from '../../strategies/index.ts';
import { labFolder, processesIn, runLab } from '../support/lab.ts';

/** Small enough for a busy machine: 30 requests an expiry. */
const SMALL = ['REPLICAS=3', 'TTL=1s', 'RECOMPUTE=150ms', 'RATE=200', 'EXPIRIES=3'];

describe('a short herd on real processes', () => {
  const folder = labFolder();
  after(() => folder.remove());

  for (const { name } of strategies) {
    it(`holds ${name} to its claim and leaves a whole record`, async () => {
      const { status, out, err } = await runLab(folder.path, ['herd', `STRATEGY=${name}`, ...SMALL]);
      assert.ok(status === 0 || status === 2, `${out}${err}`);
      const record = JSON.parse(readFileSync(join(folder.path, 'results/latest/result.json'), 'utf8'));
      assert.deepEqual(Object.keys(record), [
        ...[
          'schema',
          'run',
          'strategy',
          'runtime',
          'fault',
          'config',
          'host',
          'expiries',
          'origin',
          'requests',
        ],
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
      ]);
      // A machine too busy to keep the pace leaves the run unknown; nothing else may.
      const wanting = record.checks.filter(({ verdict }: { verdict: string }) => verdict !== 'pass');
      assert.deepEqual(
        wanting.filter(({ name }: { name: string }) => name !== 'injector health'),
        [],
      );
      assert.equal(status, record.verdict === 'pass' ? 0 : 2);
      assert.equal(record.expiries, 3);
      for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
      assert.deepEqual(processesIn(folder.path), []);
    });
  }
});
