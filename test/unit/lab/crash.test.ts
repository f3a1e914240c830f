import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashLine } from '../../../lab/crash.ts';

const system = (code: string, message: string, more = {}) =>
  Object.assign(new Error(message), { code, ...more });

test('a crash is said in one line: what broke, why, and what to do', () => {
  const cause = system('ENOSPC', 'ENOSPC: no space left on device, write');
  assert.equal(
    crashLine(new Error('the history\n  stopped', { cause })),
    'dogpile-lab: the history stopped, because: ENOSPC: no space left on device, write. The disk is full. Free some space, then try again',
  );
  assert.equal(
    crashLine(new Error(`the herd ended: ${cause.message}`, { cause })),
    `dogpile-lab: the herd ended: ${cause.message}. The disk is full. Free some space, then try again`,
  );
  assert.equal(
    crashLine(system('ENOENT', 'spawn tail ENOENT', { syscall: 'spawn tail' })),
    'dogpile-lab: spawn tail ENOENT. There is no command tail on the PATH. Install it, or mend the PATH',
  );
  assert.equal(crashLine(system('ENOENT', 'no such file')), 'dogpile-lab: no such file');
  assert.equal(crashLine('a word'), 'dogpile-lab: a word');
});
