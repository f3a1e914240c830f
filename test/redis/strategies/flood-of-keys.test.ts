import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FloodLeft } from '../../support/flood-of-keys.ts';

const SCRIPT = fileURLToPath(new URL('../../support/flood-of-keys.ts', import.meta.url));
/** `make nightly` asks for a million. */
const KEYS = 30_000;
const MOST_BYTES_PER_KEY = 50;
/** A hash of a fence and a version, its name and its expiry. */
const MOST_BYTES_PER_FENCE = 300;

/** Runs the flood in a process of its own, whose heap no other test changes. */
async function flood(strategy: string): Promise<FloodLeft> {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', SCRIPT, strategy, `${KEYS}`],
    { env },
  ).catch((error) => error as { stdout: string; stderr: string });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  assert.ok(line, stderr);
  return JSON.parse(line);
}

// Each may wait a minute for subscriptions that linger, so they wait together.
describe('after a flood of keys that are asked for once, memory is back', {
  concurrency: true,
  timeout: 400_000,
}, () => {
  for (const strategy of ['lock', 'hybrid', 'near-cache', 'refresh-ahead'])
    it(`of ${strategy}`, { timeout: 400_000 }, async (t) => {
      const left = await flood(strategy);
      t.diagnostic(JSON.stringify(left));
      assert.ok(left.heapBytes <= MOST_BYTES_PER_KEY * KEYS, `${left.heapBytes / KEYS} bytes per key`);
      // The key of demand is there while there is any.
      assert.ok(left.otherRedisKeys <= 1, `${left.otherRedisKeys} keys that are no fence`);
      assert.ok(left.bytesPerFence <= MOST_BYTES_PER_FENCE, `${left.bytesPerFence} bytes`);
    });
});
