import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';

describe('make advise', () => {
  const folder = labFolder();
  after(() => folder.remove());

  it('takes flags, pairs and the environment alike, answers and starts nothing', async () => {
    const { status, out, err } = await runLab(folder.path, ['advise', 'RATE=500', '--stale-ok', '0s'], {
      ...process.env,
      DOGPILE_TTL: '5s',
      TTL: '7s',
    });
    assert.equal(status, 0, err);
    assert.match(out, /^4 replicas, TTL 5s, recompute 200ms, 500\/s; stale values are fine for 0ms\n/);
    assert.match(out, /^recommended: xfetch-lock$/m);
    assert.equal(existsSync(join(folder.path, 'results')), false);
    assert.deepEqual(processesIn(folder.path), []);
  });

  it('asks of a healthy cluster, whatever fault and strategy the environment has', async () => {
    const env = { ...process.env, DOGPILE_STRATEGY: 'none', DOGPILE_FAULT: 'slow-origin' };
    const { status, out, err } = await runLab(folder.path, ['advise', 'TTL=3s'], env);
    assert.equal(status, 0, err);
    assert.match(out, /^recommended: /m);
  });
});
