import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EX_USAGE } from '../../../services/shared/config.ts';

const MAIN = fileURLToPath(new URL('../../../services/relay/main.ts', import.meta.url));

test('the relay refuses a mutant that there is not, with one line that lists them', () => {
  const env = { ...process.env, ABLATE: 'no-fenc' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8' });
  assert.equal(status, EX_USAGE);
  assert.equal(stdout, '');
  assert.match(stderr, /^ABLATE: must be one of none, .*no-fence.*\n$/);
});
