import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { labFolder, runLab } from '../../support/lab.ts';

const CLEAN = fileURLToPath(new URL('../../../lab/clean.sh', import.meta.url));

test('a damaged description of boards stops every command that needs it, in one line', async (t) => {
  const folder = labFolder();
  t.after(() => folder.remove());
  mkdirSync(join(folder.path, '.lab'));
  writeFileSync(join(folder.path, '.lab/boards.json'), '{"runtime":"local"}');
  for (const command of ['boards', 'boards-down', 'status', 'herd', 'up']) {
    const { status, err } = await runLab(folder.path, [command]);
    assert.equal(status, 64, command);
    assert.match(err, /^dogpile-lab: \.lab\/boards\.json is damaged\. Allowed: .*rm \.lab\/boards\.json\n$/);
  }
  assert.deepEqual(readdirSync(folder.path), ['.lab']);
});

test('make clean is refused while boards are described', (t) => {
  const folder = labFolder();
  t.after(() => folder.remove());
  mkdirSync(join(folder.path, '.lab'));
  writeFileSync(join(folder.path, '.lab/boards.json'), '{}');
  const { status, stderr } = spawnSync(CLEAN, { cwd: folder.path, encoding: 'utf8' });
  assert.equal(status, 64);
  assert.match(stderr, /^dogpile-lab: .*Type: make boards-down, then make clean\n$/);
});
