import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lockUp } from '../../../cluster/standing/up-lock.ts';

const MODULE = fileURLToPath(new URL('../../../cluster/standing/up-lock.ts', import.meta.url));

/** Takes the lock again and again, and says when it has it and when it no longer does. */
const CONTENDER = `
import { appendFileSync } from 'node:fs';
import { lockUp } from ${JSON.stringify(MODULE)};
const [folder, log] = process.argv.slice(1);
for (let got = 0; got < 20; ) {
  const lock = await lockUp(folder);
  if (typeof lock === 'object') continue;
  got += 1;
  appendFileSync(log, 'begin ' + process.pid + '\\n');
  await new Promise((resolve) => setTimeout(resolve, 2));
  appendFileSync(log, 'end ' + process.pid + '\\n');
  lock();
}`;

test('several processes take the lock one after the other, never two at once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [claims, log] = [join(folder, 'up.lock'), join(folder, 'log')];
  writeFileSync(log, '');
  const contenders = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '--eval', CONTENDER, claims, log], {
      stdio: ['ignore', 'ignore', 'pipe'],
    }),
  );
  const ends = contenders.map(async (child) => {
    const said = text(child.stderr);
    const [status] = await once(child, 'exit');
    assert.equal(status, 0, await said);
  });
  await Promise.all(ends);
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  assert.equal(lines.length, 120);
  for (let index = 0; index < lines.length; index += 2)
    assert.equal(lines[index]?.replace('begin', 'end'), lines[index + 1], `line ${index + 1}`);
  assert.deepEqual(readdirSync(claims), []);
});

test('the claim of a dead process, or of another boot, is no claim', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of [`${process.ppid}@1@another-boot`, '999999999@1@x', 'no claim at all'])
    writeFileSync(join(folder, name), '');
  const lock = await lockUp(folder);
  assert.equal(typeof lock, 'function');
  assert.equal(readdirSync(folder).length, 1);
});
