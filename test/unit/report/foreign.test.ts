import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../judge/index.ts';
import { type Arrival, NO_VERSION } from '../../../record/arrival.ts';
import { junitOf } from '../../../report/ci/junit.ts';
import { markdownOf } from '../../../report/ci/markdown.ts';
import { runReport } from '../../../report/html/run-report.ts';
import { runPicture } from '../../../report/lanes/run-picture.ts';
import { summaryOf } from '../../../report/summary.ts';
import { asForeign } from '../../support/as-foreign.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const run = asForeign(await recordedRun('single-flight-run'), 'recomputes<=4');
const judged = judge(run);
const hidden = judged.record.notVisible ?? [];
const oneLine = (text: string) => text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('the summary says what the service behaves like, how that is known, and what is not visible', () => {
  const text = summaryOf(judged.record);
  assert.match(text, /^yours: 4 replicas/);
  assert.match(oneLine(text), / behaves like single-flight: 4 recomputes per expiry/);
  assert.match(oneLine(text), / expiries known by the newest version that each replica had answered with/);
  assert.ok(hidden.length > 0);
  for (const { name } of hidden) assert.match(text, new RegExp(`^ {2}-- +${name} +not visible`, 'm'));
  assert.match(text, /\nverdict: pass$/);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
});

test('the page says the same, and speaks of your service', () => {
  const page = runReport(judged, run);
  const words = oneLine(page);
  assert.match(words, /It behaves like single-flight : 4 recomputes per expiry/);
  assert.match(words, /your service kept what you claim \(recomputes&lt;=4\)/);
  for (const { name } of hidden) assert.match(words, new RegExp(`– not visible ${name} `));
  for (const replica of ['app-1', 'app-2', 'app-3', 'app-4']) assert.ok(words.includes(replica), replica);
  // Nobody sees what the service stores.
  assert.match(words, /first new value made/);
  assert.match(words, /the value has expired/);
  assert.doesNotMatch(words, /begins early|first new value stored|NaN|undefined|Infinity/);
});

test('the page of a run without a claim says so', () => {
  const measured = asForeign(run);
  assert.match(oneLine(runReport(judge(measured), measured)), /You made no claim/);
});

test('the page of a run that fails names the check', () => {
  const { version: _, ...empty } = run.arrivals[200] as Arrival;
  const arrivals = run.arrivals.map((arrival, at) => (at === 200 ? { ...empty, why: NO_VERSION } : arrival));
  const spoiled = { ...run, arrivals };
  const words = oneLine(runReport(judge(spoiled), spoiled));
  assert.match(
    words,
    /These checks failed: no errors behind 200: 1 of \d+ answers with status 200 have no version/,
  );
});

test('CI systems get what is not visible as skipped, and never as passed', () => {
  const xml = junitOf(judged.record);
  assert.equal(xml.match(/<skipped message="not visible: /g)?.length, hidden.length);
  assert.match(
    xml,
    new RegExp(
      `tests="${judged.record.checks.length + hidden.length}" failures="0" errors="0" skipped="${hidden.length}"`,
    ),
  );
  const text = markdownOf(judged.record, []);
  assert.match(text, /\| Behaves like \| single-flight: 4 recomputes per expiry/);
  assert.equal(text.match(/\| ➖ \|/g)?.length, hidden.length);
});

test('the lanes as text show each replica, and say of the others only that they have no call at the origin', () => {
  const text = runPicture(run).join('\n');
  for (const replica of ['app-1', 'app-2', 'app-3', 'app-4'])
    assert.match(text, new RegExp(`^ {2}${replica} `, 'm'));
  assert.match(text, /· has no call at the origin/);
  assert.doesNotMatch(text, /serves at once|stores the value/);
});
