import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/within.ts';

const SCRIPT = fileURLToPath(new URL('../../../cluster/local/log-rotation/rotate-logs.sh', import.meta.url));

test('a log that is too large is emptied, with one copy kept, and its writer goes on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const [large, small] = [join(folder, 'app-1.log'), join(folder, 'redis.log')];
  writeFileSync(large, `${'x'.repeat(200)}\n`);
  writeFileSync(small, 'y\n');
  const rotation = spawn('sh', [SCRIPT, folder, '100', '0.05'], { detached: true });
  t.after(() => {
    process.kill(-(rotation.pid ?? 0), 'SIGKILL');
    rmSync(folder, { recursive: true });
  });
  await until('the first rotation', () => existsSync(`${large}.1`) && statSync(large).size === 0);
  assert.equal(statSync(`${large}.1`).size, 201);
  appendFileSync(large, `${'z'.repeat(150)}\n`);
  await until('the second', () => readFileSync(`${large}.1`, 'utf8').startsWith('z'));
  assert.equal(readFileSync(small, 'utf8'), 'y\n');
  assert.equal(existsSync(`${small}.1`), false);
});
