import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('../../../lab/interruption.ts', import.meta.url));
const STUCK = `
import { interruptionOfLab } from ${JSON.stringify(MODULE)};
interruptionOfLab();
setInterval(() => {}, 1000);
console.log('ready');`;

test('a lab that does not end by itself is ended: two signals at once are one, and it has 1.5 s', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', STUCK], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await once(child.stdout, 'data');
  const from = performance.now();
  for (const name of ['SIGINT', 'SIGTERM'] as const) child.kill(name);
  assert.deepEqual(await once(child, 'exit'), [130, null]);
  const tookMs = performance.now() - from;
  assert.ok(tookMs > 1400 && tookMs < 4000, `it took ${tookMs.toFixed(0)} ms`);
  assert.match(said, /not everything ended in time, so it is killed/);
});
