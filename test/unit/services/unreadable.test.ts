import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appMetrics } from '../../../services/member/observe/metrics.ts';
import { unreadableEntries } from '../../../services/member/observe/unreadable.ts';

test('each unreadable entry is counted, and logged once per key and minute', async () => {
  const metrics = appMetrics({ strategy: 'lock', replica: 'app-1' });
  const lines: string[] = [];
  let now = 0;
  const see = unreadableEntries(
    metrics,
    () => now,
    (line) => lines.push(line),
  );
  for (const [at, key] of [
    [0, 'a'],
    [1, 'a'],
    [2, 'b'],
    [59_999, 'a'],
    [60_000, 'a'],
  ] as const) {
    now = at;
    see(key);
  }
  assert.deepEqual(
    lines.map((line) => /entry of (\w)/.exec(line)?.[1]),
    ['a', 'b', 'a'],
  );
  assert.equal((await metrics.unreadable.get()).values[0]?.value, 5);
});

test('a store full of garbage takes no more memory than a thousand keys', () => {
  const metrics = appMetrics({ strategy: 'lock', replica: 'app-1' });
  let lines = 0;
  const see = unreadableEntries(
    metrics,
    () => 0,
    () => {
      lines += 1;
    },
  );
  for (let key = 0; key < 1500; key++) see(`k${key}`);
  see('k1499');
  assert.equal(lines, 1500);
  see('k0');
  assert.equal(lines, 1501);
});
