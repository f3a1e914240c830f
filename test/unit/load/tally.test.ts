import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tallying } from '../../../load/tally.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { loadProgress } from '../../../report/load-progress.ts';

const ended = (ending: Arrival['ending'], tookMs = 0) =>
  ({ ending, dueAt: 1000, sentAt: 1000 + tookMs / 2, endedAt: 1000 + tookMs }) as Arrival;

test('a tally counts what ended since the last one, and times answers from when they were due', () => {
  const tallying = new Tallying();
  for (let ms = 1; ms <= 200; ms++) tallying.add(ended('ok', ms));
  for (const ending of ['error', 'timeout'] as const) tallying.add(ended(ending, 5000));
  tallying.add({ ending: 'unsent', dueAt: 1000 } as Arrival);
  assert.deepEqual(tallying.take(), { ok: 200, failed: 2, unsent: 1, p50Ms: 100, p99Ms: 198 });
  assert.deepEqual(tallying.take(), { ok: 0, failed: 0, unsent: 0, p50Ms: null, p99Ms: null });
});

test('the progress of a load sums up its tallies: in one line on a terminal, else a line every 5 s', () => {
  const tally = { ok: 10, failed: 1, unsent: 0, p50Ms: 2.345, p99Ms: 212.3 };
  const written = (isTTY: boolean) => {
    let text = '';
    const write = (more: string) => {
      text += more;
      return true;
    };
    const progress = loadProgress({ isTTY, write });
    progress.onTally({ ...tally, ok: 0, failed: 0 }, 500);
    for (const second of [1, 2, 6]) progress.onTally(tally, second * 1000);
    progress.end();
    return text;
  };
  const line = (seconds: number, times: number) =>
    `   ${seconds} s  ${10 * times} answers  ${times} failed  now p50 2.3 ms  p99 212 ms`;
  assert.equal(written(false), `${line(1, 1)}\n${line(6, 3)}\n`);
  const lines = written(true).split('\r');
  assert.deepEqual([lines.length, lines[4]], [5, `${line(6, 3).padEnd(79)}\n`]);
});
