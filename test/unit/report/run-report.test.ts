import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Judged, judge } from '../../../judge/index.ts';
import { readRun } from '../../../lab/run/recording/read-run.ts';
import type { RunEvent } from '../../../record/facts.ts';
import { readHistory } from '../../../record/files/history.ts';
import { runReport } from '../../../report/html/run-report.ts';
import { generatedRun } from '../../support/generated-run.ts';
import { ROOT } from '../../support/imports.ts';
import { type RecordedRun, recordedRun } from '../../support/recorded-run.ts';
import { ATTACK, assertWhole, wordsOf } from '../../support/report-page.ts';
import { takenOverAfter, writeDecided } from '../../support/spoiled.ts';
import { told } from '../../support/told-run.ts';

const reportOf = (run: RecordedRun, change: (judged: Judged) => Judged = (judged) => judged) =>
  runReport(change(judge(run)), run);

for (const name of ['lock-run', 'squid-run'])
  test(`the report of ${name} is whole, and has every check with its evidence`, async () => {
    const run = await recordedRun(name);
    const { record } = judge(run);
    const page = reportOf(run);
    assertWhole(page);
    const words = wordsOf(page);
    for (const check of record.checks) assert.ok(words.includes(`${check.name} `), check.name);
    assert.equal(page.match(/✓ ok/g)?.length, record.checks.length);
    assert.match(words, /one request recomputed it/);
    assert.match(words, new RegExp(`Repeat it make herd STRATEGY=${record.strategy} `));
  });

test('the picture of an expiry names every replica, and what happened at a frozen holder', () => {
  const frozen = told('pause-holder', (events, fence) =>
    takenOverAfter(300, { by: 'app-9' })(writeDecided('fenced', 400)(events, fence), fence),
  );
  const page = reportOf(frozen);
  assertWhole(page);
  const [picture = ''] = /<svg class="wide".*?<\/svg>/s.exec(page) ?? [];
  for (const words of [
    'app-1',
    'app-2',
    'app-9',
    'origin',
    'fault: pause-holder',
    'lease ran out',
    'write refused',
  ])
    assert.ok(picture.includes(`>${words}<`), words);
});

test('a verdict that is no pass comes first, with its reasons', async () => {
  const run = await recordedRun('lock-run');
  const failing = (judged: Judged): Judged => ({
    ...judged,
    record: {
      ...judged.record,
      verdict: 'fail',
      checks: judged.record.checks.map((check, index) =>
        index === 3 ? { ...check, verdict: 'fail', detail: 'seen 7; allowed 1' } : check,
      ),
    },
  });
  const page = reportOf(run, failing);
  assertWhole(page);
  const words = wordsOf(page);
  assert.ok(words.indexOf('seen 7; allowed 1') < words.indexOf('What happens when the value expires'));
  assert.match(words, /✗ FAIL/);
});

test('text from a stranger never becomes markup, in the page or in a picture', async () => {
  const quiet = await recordedRun('lock-run');
  const at = (quiet.events.find(({ event }) => event === 'granted')?.at ?? 0) + 3000;
  const step = { by: 'lab', event: 'fault', fault: ATTACK, victim: ATTACK, what: ATTACK } as const;
  const struck: RunEvent[] = [
    { ...step, at, phase: 'injected' },
    { ...step, at: at + 500, phase: 'healed' },
  ];
  const events = quiet.events.map((event) =>
    'by' in event && event.by === 'app-2' ? { ...event, by: ATTACK } : event,
  );
  const arrivals = quiet.arrivals.map((arrival) => ({ ...arrival, served: ATTACK }));
  const run: RecordedRun = {
    ...quiet,
    arrivals,
    events: [...events, ...struck].sort((a, b) => a.at - b.at),
    facts: { ...quiet.facts, host: { cpus: 2, node: ATTACK, redis: ATTACK } },
  };
  const page = reportOf(run, (judged) => ({
    ...judged,
    record: { ...judged.record, checks: [{ name: ATTACK, verdict: 'unknown', detail: ATTACK }] },
  }));
  assertWhole(page);
  assert.ok(page.includes('&lt;script&gt;'));
});

function copied(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, 'test/fixtures/lock-run'), folder, { recursive: true });
  return folder;
}

test('a folder that was cut short has a report, which says so', (t) => {
  const folder = copied(t);
  rmSync(join(folder, 'facts.json'));
  const history = join(folder, 'history.jsonl');
  truncateSync(history, readFileSync(history).length - 500);
  const run = readRun(folder);
  const page = runReport(judge(run), run);
  assertWhole(page);
  assert.match(wordsOf(page), /unknown.*facts\.json cannot be read: the run was cut short/);
});

test('a run without a request or a recompute has a report', async () => {
  const quiet = await recordedRun('lock-run');
  assertWhole(reportOf({ ...quiet, arrivals: [], ledger: [], events: [] }));
});

test('the report of 100 000 requests is written soon, and is small', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { recording, writeHistory } = await generatedRun(100_000);
  const path = join(folder, 'history.jsonl');
  const run = { ...recording, arrivals: readHistory(path, { seal: writeHistory(path) }) };
  const judged = judge(run);
  const before = process.cpuUsage();
  const page = runReport(judged, run);
  const { user, system } = process.cpuUsage(before);
  assertWhole(page);
  t.diagnostic(`${Math.round((user + system) / 1000)} ms of processor time, ${page.length} characters`);
  assert.ok(user + system < 10_000_000);
});
