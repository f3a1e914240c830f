import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FollowedRun } from '../../../console/server/followed-run.ts';
import { sealLine } from '../../../record/files/journal-line.ts';
import { readRunStart } from '../../../record/files/read-run.ts';
import { ROOT } from '../../support/imports.ts';

/** A run that has just begun, to write into. Times are in ms since its beginning. */
function runIn(t: TestContext, isLive: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-followed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'data/events'), { recursive: true });
  cpSync(join(ROOT, 'test/fixtures/lock-run/run.json'), join(folder, 'run.json'));
  const { start } = readRunStart(folder);
  const journal = join(folder, 'data/events/app-1.jsonl');
  for (const path of [journal, join(folder, 'history.jsonl')]) writeFileSync(path, '');
  let seq = 0;
  return {
    followed: new FollowedRun(folder, start, { isLive }),
    arrives: (dueMs: number, endedMs = dueMs) =>
      appendFileSync(
        join(folder, 'history.jsonl'),
        `${JSON.stringify({ dueAt: start.startedAt + dueMs, sentAt: start.startedAt + dueMs, endedAt: start.startedAt + endedMs, ending: 'error' })}\n`,
      ),
    records(atMs: number, count = 1) {
      let lines = '';
      for (let one = 0; one < count; one += 1)
        lines += `${sealLine(++seq, { at: start.startedAt + atMs, by: 'app-1', event: 'stalled', forMs: 1 })}\n`;
      appendFileSync(journal, lines);
    },
    lengthMs() {
      this.followed.read();
      const { fromWallMs = 0, untilWallMs = 0 } = this.followed.timeline()?.window ?? {};
      return untilWallMs - fromWallMs;
    },
    endMs() {
      this.followed.read();
      return (this.followed.timeline()?.window.untilWallMs ?? 0) - start.startedAt;
    },
  };
}

test('a request or an event of another time makes no picture of years', (t) => {
  for (const isLive of [false, true])
    for (const [dueMs, endedMs] of [
      [-1.7e12, 100],
      [8e15, 8e15],
      [100, 8e15],
    ] as const) {
      const run = runIn(t, isLive);
      run.arrives(10);
      run.arrives(dueMs, endedMs);
      run.arrives(20);
      assert.equal(run.lengthMs(), 0, 'what comes after a broken line is not read');
      if (!isLive) continue;
      run.records(8e13);
      assert.equal(run.lengthMs(), 0);
    }
});

test('the picture of a live run goes on while every request waits', (t) => {
  const run = runIn(t, true);
  run.arrives(100);
  run.records(2500);
  assert.equal(run.endMs(), 2500);
});

test('a live run of any length goes on to be shown', (t) => {
  const run = runIn(t, true);
  run.arrives(0);
  for (let minute = 0; minute < 6; minute += 1) {
    run.records(minute * 60_000, 30_000);
    run.arrives(minute * 60_000 + 10);
    assert.equal(run.endMs(), minute * 60_000 + 10);
  }
  assert.equal(run.followed.isCut, false);
});
