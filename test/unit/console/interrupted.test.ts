import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startConsole } from '../../console/console-process.ts';

test('a console that is interrupted has the time that healing takes, and says so', async (t) => {
  const { lab } = await startConsole(t);
  lab.child.kill('SIGINT');
  assert.equal(await lab.ended, 130);
  // What it says it waits for, it has asked the time for.
  assert.match(lab.err(), /^interrupted: ending what was started, and healing what is broken\./m);
});
