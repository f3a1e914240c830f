import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { testedMutants } from '../../../mutants/lines/tested.ts';
import { changedFiles } from '../../../mutants/loading/changed-files.ts';

const ROOT = new URL('../../../', import.meta.url);
const CHANGE = `
  import { changeModules } from ${JSON.stringify(new URL('mutants/loading/change-lines.ts', ROOT))};
  changeModules(JSON.parse(process.env.CHANGES));
`;
const FAILED = /^ *not ok /m;
const RAN = /^ *ok /m;
/** A mutant may leave a test waiting for ever. */
const TIMEOUT = '--test-timeout=5000';

/** Runs a test's file with these changes to the modules that it loads. */
function run(test: string, changes: unknown) {
  const { NODE_TEST_CONTEXT, ...outer } = process.env;
  const preload = `data:text/javascript,${encodeURIComponent(CHANGE)}`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, '--test-reporter=tap', TIMEOUT, test],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...outer, CHANGES: JSON.stringify(changes) },
      timeout: 60_000,
    },
  );
  return { out: stdout, err: stderr };
}

describe('a test fails', () => {
  for (const { name, difference, test, lines } of testedMutants)
    it(`if ${difference} (${name})`, () => {
      assert.ok(changedFiles(lines).size > 0);
      const { out, err } = run(test, lines);
      assert.match(out, FAILED, err);
      assert.match(out, RAN, 'a mutant that breaks every test shows nothing');
    });

  it('for no other reason: none does without a change', () => {
    for (const { test } of testedMutants.filter(({ test }) => test.startsWith('test/unit/'))) {
      const { out } = run(test, []);
      assert.doesNotMatch(out, FAILED, test);
      assert.match(out, RAN, test);
    }
  });
});
