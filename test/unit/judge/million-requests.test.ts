import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GeneratedJudgement } from '../../support/judge-generated-run.ts';

const SCRIPT = fileURLToPath(new URL('../../support/judge-generated-run.ts', import.meta.url));
const MOST_HEAP_MB = 96;
const MOST_RSS_MB = 300;
const MOST_MS = 5000;

test('a million requests are judged in under 5 s and 300 MB', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${MOST_HEAP_MB}`,
    SCRIPT,
    '1000000',
  ]);
  const { verdict, expiries, judgedMs, processorMs, maxRssMb } = JSON.parse(stdout) as GeneratedJudgement;
  t.diagnostic(`${judgedMs} ms, of which ${processorMs} ms of processor time; ${maxRssMb} MB`);
  assert.equal(verdict, 'pass');
  assert.equal(expiries, 312);
  // Other tests run meanwhile, so only the processor's time says how long it takes.
  assert.ok(processorMs < MOST_MS, `${processorMs} ms`);
  assert.ok(maxRssMb < MOST_RSS_MB, `${maxRssMb} MB`);
});

test("200 000 requests of a user's own service need no more memory, though they are read twice", async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${MOST_HEAP_MB}`,
    SCRIPT,
    '200000',
    'foreign',
  ]);
  const { verdict, processorMs, maxRssMb } = JSON.parse(stdout) as GeneratedJudgement;
  t.diagnostic(`${processorMs} ms of processor time; ${maxRssMb} MB`);
  assert.equal(verdict, 'pass');
  assert.ok(maxRssMb < MOST_RSS_MB, `${maxRssMb} MB`);
});
