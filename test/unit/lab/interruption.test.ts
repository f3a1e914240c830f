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

/** Longer than an end takes that nobody asked longer for. */
const HEALS_FOR_MS = 2000;
const HEALING = `
import { interruptionOfLab } from ${JSON.stringify(MODULE)};
const { signal, mayTake } = interruptionOfLab();
mayTake(60_000, 'healing');
signal.addEventListener('abort', () => setTimeout(() => process.exit(7), ${HEALS_FOR_MS}));
setInterval(() => {}, 1000);
console.log('ready');`;

test('a command that has asked for longer ends by itself', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HEALING], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [7, null]);
  assert.match(said, /^interrupted: healing \(a second Ctrl-C ends it at once\)$/m);
});
