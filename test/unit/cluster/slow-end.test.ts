import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../support/end-stubborn-member.ts', import.meta.url));

test('the lab waits for a member that ends only when it is killed', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], { timeout: 30_000 });
  assert.equal(stdout, 'ended\n');
});
