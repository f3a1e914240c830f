import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Jobs } from '../../../console/server/jobs.ts';
import { until } from '../../support/within.ts';

/** A command that heals for a while after its first signal, and counts the signals. */
const HEALS = `
const { readFileSync } = require('node:fs');
let signals = 0;
const beat = setInterval(() => {}, 1000);
process.on('SIGINT', () => {
  signals += 1;
  console.log('signal ' + signals);
  if (signals === 1) setTimeout(() => { console.log('healed'); process.disconnect(); clearInterval(beat); }, 700);
});
const group = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[2];
console.log('own group: ' + (group === String(process.pid)));
`;

test('a command is interrupted once, however often it is stopped, and heals to its end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-jobs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cli = join(folder, 'cli.cjs');
  writeFileSync(cli, HEALS);
  const jobs = new Jobs({ cli, folder, environment: process.env, onChange: () => {} });
  t.after(() => jobs.end());
  const view = () => jobs.views[0];
  jobs.start('heal', {});
  await until('the command', () => (view()?.lines.length ?? 0) > 0);
  assert.equal(jobs.stop('heal'), true);
  await until('its signal', () => view()?.lines.includes('signal 1') ?? false);
  assert.equal(jobs.stop('heal'), true);
  await jobs.end();
  // The Ctrl-C of a terminal goes to its whole group.
  assert.deepEqual(view()?.lines, ['own group: true', 'signal 1', 'healed']);
  assert.deepEqual([view()?.state, view()?.status], ['ended', 0]);
  assert.equal(jobs.stop('heal'), false);
});
