import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgedShare, noteJudged } from '../../support/judged-runs.ts';

test('each run of a suite of runs is noted once, and no run of another suite', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-judged-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const verdict of ['pass', 'unknown']) {
    mkdirSync(join(folder, 'results', verdict), { recursive: true });
    writeFileSync(join(folder, 'results', verdict, 'result.json'), JSON.stringify({ verdict }));
  }
  symlinkSync('unknown', join(folder, 'results/latest'));
  const file = join(folder, 'judged');
  writeFileSync(file, '');
  noteJudged(folder, '/lab/test/processes/lifecycle/crashes.test.ts', file);
  assert.equal(readFileSync(file, 'utf8'), '');
  noteJudged(folder, '/lab/test/processes/runs/herd.test.ts', file);
  assert.deepEqual(readFileSync(file, 'utf8').split('\n').sort(), ['', 'pass', 'unknown']);
});

test('more than one unknown run in five is too many, and so is no run at all', () => {
  const lines = (passed: number, unknown: number) => 'pass\n'.repeat(passed) + 'unknown\n'.repeat(unknown);
  assert.deepEqual(judgedShare(lines(8, 2)), {
    said: 'judged 10 runs, 2 of them unknown; allowed: at most 2',
    fine: true,
  });
  assert.equal(judgedShare(lines(7, 3)).fine, false);
  assert.equal(judgedShare('').fine, false);
});
