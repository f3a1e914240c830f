import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { judge } from '../../../../judge/index.ts';
import { type RunTimeline, timelineOf, timelinesOf } from '../../../../judge/timeline/timeline.ts';
import type { RunData, RunEvent } from '../../../../record/facts.ts';
import { readHistory } from '../../../../record/files/history.ts';
import { sealLine } from '../../../../record/files/journal-line.ts';
import { readRunFolder } from '../../../../record/files/read-run.ts';
import { generatedRun } from '../../../support/generated-run.ts';
import { ROOT } from '../../../support/imports.ts';
import { recordedRun } from '../../../support/recorded-run.ts';
import { takenOverAfter, writeDecided } from '../../../support/spoiled.ts';
import { told } from '../../../support/told-run.ts';

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

const endedIn = ({ requests }: RunTimeline) =>
  Object.fromEntries(Object.entries(requests.ended).map(([outcome, counts]) => [outcome, sum(counts)]));

for (const name of ['lock-run', 'squid-run'])
  test(`the timeline of ${name} has every request, recompute, commit and expiry that the judge counts`, async () => {
    const recording = await recordedRun(name);
    const { record } = judge(recording);
    const timeline = timelineOf(recording);
    const { expiries, recomputes, commits, origin, requests } = timeline;
    assert.equal(expiries.listed.filter(({ isJudged }) => isJudged).length, record.expiries);
    assert.equal(recomputes.listed.length, record.origin.recomputes);
    assert.equal(Math.max(...origin.running), record.origin.maxConcurrent);
    assert.equal(commits.listed.filter(({ accepted }) => accepted).length, record.fencing.accepted);
    const byOutcome = Object.entries(record.requests.byOutcome).filter(([, count]) => count > 0);
    assert.deepEqual(endedIn(timeline), Object.fromEntries(byOutcome));
    assert.equal(
      sum(requests.latencies.map(({ count }) => count)),
      judge(recording).measures.latency.all.count,
    );
    assert.equal(requests.unanswered.at(-1), 0);
    assert.deepEqual(timeline.damage, []);
  });

test('each lease of a quiet run ends with its commit, each wait with a fill that woke it', async () => {
  const { leases, waits, wakeUps, commits } = timelineOf(await recordedRun('lock-run'));
  assert.deepEqual(new Set(leases.listed.map(({ end }) => end)), new Set(['committed']));
  assert.deepEqual(
    leases.listed.map(({ fence }) => fence),
    commits.listed.map(({ fence }) => fence),
  );
  assert.ok(waits.listed.length > 0);
  for (const { by, untilWallMs = 0, outcome } of waits.listed) {
    assert.equal(outcome, 'filled');
    const woken = wakeUps.listed.filter((mark) => mark.by === by);
    assert.ok(woken.some(({ atWallMs }) => Math.abs(atWallMs - untilWallMs) < 5));
  }
});

test('a clock that is ahead moves nothing, since every time is converted', async () => {
  const recording = await recordedRun('lock-run');
  const AHEAD_MS = 1000;
  const events = recording.events.map((event) => {
    if (event.event === 'clock')
      return event.of === 'app-2' ? { ...event, aheadMs: event.aheadMs + AHEAD_MS } : event;
    return event.by === 'app-2' ? { ...event, at: event.at + AHEAD_MS } : event;
  });
  const [straight, ahead] = [recording, { ...recording, events }].map((run) => timelineOf(run).waits.listed);
  const moved = ahead?.filter(({ by }) => by === 'app-2') ?? [];
  assert.ok(moved.length > 0);
  for (const { fromWallMs } of moved)
    assert.ok(
      straight?.some((wait) => Math.abs(wait.fromWallMs - fromWallMs) < 5),
      `${fromWallMs}`,
    );
});

test('a holder that was frozen past its lease: the lease ran out, and its late write was refused', () => {
  const spoiled = told('pause-holder', (events, fence) => {
    const grant = events.find((event) => event.event === 'granted' && event.fence === fence);
    assert.ok(grant?.event === 'granted');
    const { by, at } = grant;
    const lost: RunEvent = { event: 'lease-lost', key: 'hot', by, fence, at: at + 1250 };
    const taken = takenOverAfter(1100, { by: 'app-9' })(writeDecided('fenced', 1300)(events, fence), fence);
    return [...taken, lost].sort((a, b) => a.at - b.at);
  });
  const { leases, commits, faults, members } = timelineOf(spoiled);
  const index = leases.listed.findIndex(({ by }) => by === 'app-9');
  assert.equal(leases.listed[index]?.end, 'committed');
  assert.equal(leases.listed[index - 1]?.end, 'ran-out');
  assert.ok((leases.listed[index - 1]?.endedWallMs ?? 0) <= (leases.listed[index]?.grantedWallMs ?? 0));
  assert.equal(commits.listed.filter(({ accepted }) => !accepted).length, 1);
  assert.ok(members.includes('app-9'));
  const [fault] = faults;
  assert.equal(fault?.fault, 'pause-holder');
  assert.ok(fault && (fault.healedWallMs ?? 0) > (fault.injectedWallMs ?? Number.POSITIVE_INFINITY));
});

test('a window counts what began before it and still lasted', async () => {
  const recording = await recordedRun('lock-run');
  const [whole] = timelinesOf(recording, [{}]);
  const expiry = whole?.expiries.listed.findLast(({ isJudged }) => isJudged);
  assert.ok(expiry?.filledWallMs);
  const untilWallMs = expiry.filledWallMs - 10;
  const view = timelineOf(recording, { window: { fromWallMs: untilWallMs - 50, untilWallMs } });
  assert.equal(view.recomputes.listed.length, 1);
  assert.equal(view.leases.listed.length, 1);
  const waiting = recording.arrivals.filter(
    ({ dueAt, endedAt = 0 }) => dueAt <= untilWallMs - 50 && endedAt > untilWallMs,
  );
  assert.ok(waiting.length > 5);
  assert.ok((view.requests.unanswered[0] ?? 0) >= waiting.length);
  assert.equal(view.origin.running[0], 1);
});

/** A copy of a recorded folder, as it is while the run goes on. */
function growingFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-growing-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, 'test/fixtures/lock-run'), folder, { recursive: true });
  rmSync(join(folder, 'facts.json'));
  return folder;
}

/** Keeps so many lines of a file, and the beginning of the next one. */
function cutAfter(path: string, lines: number): void {
  const text = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, lines + 1)
    .join('\n');
  writeFileSync(path, text);
  truncateSync(path, text.length - 20);
}

test('a folder that still grows gives what it has so far, and says what is missing', (t) => {
  const folder = growingFolder(t);
  const ledger = join(folder, 'data/ledger.jsonl');
  cutAfter(join(folder, 'history.jsonl'), 300);
  // In the middle of the third recompute: its lease is granted, and nothing has ended it.
  const journal = readFileSync(join(folder, 'data/events/app-2.jsonl'), 'utf8').split('\n');
  cutAfter(
    join(folder, 'data/events/app-2.jsonl'),
    journal.findIndex((line) => line.includes('"granted"')) + 1,
  );
  cutAfter(join(folder, 'data/events/app-1.jsonl'), 21);
  cutAfter(ledger, 7);
  appendFileSync(ledger, '');
  const timeline = timelineOf(readRunFolder(folder));
  assert.deepEqual(timeline.damage, [
    'facts.json cannot be read: the run was cut short',
    'history.jsonl: line 301 is cut short, or longer than 65536 bytes',
  ]);
  assert.equal(sum(Object.values(endedIn(timeline))), 300);
  assert.equal(timeline.leases.listed.at(-1)?.end, 'open');
  assert.equal(timeline.recomputes.listed.at(-1)?.endedWallMs, undefined);
  assert.equal(timeline.origin.running.at(-1), 1);
  assert.equal(timeline.waits.listed.at(-1)?.by, 'app-1');
  assert.equal(timeline.waits.listed.at(-1)?.untilWallMs, undefined);
});

test('a broken line ends what is read of its file, and nothing else', (t) => {
  const folder = growingFolder(t);
  const history = join(folder, 'history.jsonl');
  writeFileSync(history, readFileSync(history, 'utf8').replace(/^(.*\n.*\n).*\n/, '$1{"dueAt":"<b>"}\n'));
  appendFileSync(join(folder, 'lab.jsonl'), `${sealLine(99, { at: 1, by: 'lab', event: 'clock' })}\n`);
  const timeline = timelineOf(readRunFolder(folder));
  assert.equal(sum(Object.values(endedIn(timeline))), 2);
  assert.equal(timeline.recomputes.listed.length, 6);
  assert.ok(timeline.damage.some((piece) => piece.startsWith('history.jsonl: line 3')));
  assert.ok(timeline.damage.some((piece) => piece.startsWith('lab.jsonl: line 11')));
});

test('many requests give no larger timeline than few, and what is left out of a list is counted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-generated-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const sizes: number[] = [];
  for (const requests of [20_000, 80_000]) {
    const path = join(folder, `${requests}.jsonl`);
    const { recording, writeHistory } = await generatedRun(requests);
    const seal = writeHistory(path);
    const run: RunData = { ...recording, arrivals: readHistory(path, { seal }) };
    const timeline = timelineOf(run, { mostBins: 200, mostSpans: 5 });
    assert.equal(sum(Object.values(endedIn(timeline))), requests);
    assert.ok(timeline.requests.unanswered.length <= 200);
    const { listed, leftOut } = timeline.recomputes;
    assert.equal(listed.length, 5);
    assert.equal(listed.length + leftOut, recording.ledger.length / 2);
    sizes.push(JSON.stringify(timeline).length);
  }
  const [few = 0, many = 0] = sizes;
  assert.ok(many < 2 * few, `${few} and ${many} characters`);
});
