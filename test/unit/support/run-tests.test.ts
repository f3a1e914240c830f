import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const TEST = "import { test } from 'node:test'; import { existsSync, writeFileSync } from 'node:fs';\n";
const GREEN = `${TEST} test('green', () => {});`;
const RED = `${TEST} test('red', () => { throw new Error(); });`;
const unsteadyIn = (folder: string) => {
  const ran = JSON.stringify(join(folder, 'ran'));
  return `${TEST} test('unsteady', () => { if (!existsSync(${ran})) { writeFileSync(${ran}, ''); throw new Error(); } });`;
};

/** Runs files of these contents. Gives the exit status, and what was run again. */
function run(t: TestContext, textsIn: (folder: string) => readonly string[], repeats = true) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-run-tests-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = textsIn(folder).map((text, index) => {
    const file = join(folder, `${index}.test.mjs`);
    writeFileSync(file, text);
    return file;
  });
  const repeated = join(folder, 'repeated');
  writeFileSync(repeated, '');
  // A test runner that finds itself inside of another one's test reports to that.
  const { NODE_TEST_CONTEXT: _, REPEATED_TESTS: __, ...env } = process.env;
  const { status } = spawnSync(process.execPath, ['test/support/run-tests.ts', ...files], {
    env: { ...env, ...(repeats && { REPEATED_TESTS: repeated }) },
  });
  return { status, repeated: readFileSync(repeated, 'utf8').match(/\d\.test\.mjs/g) ?? [] };
}

test('a file that fails once is run again where that is allowed, and named', (t) => {
  const texts = (folder: string) => [GREEN, unsteadyIn(folder)];
  assert.deepEqual(run(t, texts), { status: 0, repeated: ['1.test.mjs'] });
  assert.deepEqual(run(t, texts, false), { status: 1, repeated: [] });
});

test('a file that fails twice is red', (t) => {
  assert.deepEqual(
    run(t, () => [RED, GREEN]),
    { status: 1, repeated: ['0.test.mjs'] },
  );
});

test('more than three failing files are no accident', (t) => {
  assert.deepEqual(
    run(t, (folder) => [RED, unsteadyIn(folder), RED, RED]),
    { status: 1, repeated: [] },
  );
});

test('a test of a suite is run again by the file that has the suite', (t) => {
  const texts = (folder: string) => {
    writeFileSync(join(folder, 'suite.mjs'), unsteadyIn(folder));
    return ["import './suite.mjs';"];
  };
  assert.deepEqual(run(t, texts), { status: 0, repeated: ['0.test.mjs'] });
});
