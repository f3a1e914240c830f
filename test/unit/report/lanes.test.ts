import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecomputeSpan } from '../../../judge/timeline/spans.ts';
import { type RunTimeline, timelineOf } from '../../../judge/timeline/timeline.ts';
import { expiryOf } from '../../../report/lanes/chosen-expiry.ts';
import { lanesOf } from '../../../report/lanes/lanes.ts';
import { runPicture } from '../../../report/lanes/run-picture.ts';
import { asForeign } from '../../support/as-foreign.ts';
import { recordedRun } from '../../support/recorded-run.ts';

/** Of a lane, what is drawn beside the member's name. */
const laneOf = (lines: readonly string[], name: string): string =>
  lines.find((line) => line.trim().startsWith(name))?.slice(12) ?? assert.fail(`no lane ${name}`);

const recorded = timelineOf(await recordedRun('lock-run'));
const all = <T>(listed: readonly T[]) => ({ listed, leftOut: 0 });
/** A second in which nothing happens but this. */
const second = (what: Partial<RunTimeline>): RunTimeline => ({
  ...recorded,
  window: { fromWallMs: 0, untilWallMs: 1000 },
  members: ['app-1', 'app-2'],
  recomputes: all([]),
  waits: all([]),
  commits: all([]),
  faults: [],
  ...what,
});
const recompute = (by: string, arrivedWallMs: number, endedWallMs: number): RecomputeSpan => ({
  by,
  version: 1,
  arrivedWallMs,
  beganWallMs: arrivedWallMs,
  endedWallMs,
});

test('one expiry of a real run: one recomputes and stores, the other waits for it', async () => {
  const lines = runPicture(await recordedRun('lock-run'));
  for (const line of lines) assert.ok(line.length <= 80, line);
  const [holder, waiter] = ['app-1', 'app-2'].map((name) => laneOf(lines, name));
  assert.match(holder ?? '', /^·+█{10,}\+·+$/);
  assert.match(waiter ?? '', /^·+░{10,}·+$/);
  assert.ok(lines.some((line) => line.includes('1 recompute there at once at the most')));
});

test('a frozen holder’s late write is seen to be refused', () => {
  const lines = lanesOf(
    second({
      recomputes: all([recompute('app-1', 100, 500), recompute('app-2', 500, 700)]),
      commits: all([
        { by: 'app-2', version: 2, fence: 2, atWallMs: 710, accepted: true },
        { by: 'app-1', version: 1, fence: 1, atWallMs: 910, accepted: false },
      ]),
      faults: [{ fault: 'pause-holder', victim: 'app-1', injectedWallMs: 200, healedWallMs: 890, notes: [] }],
    }),
  );
  assert.match(laneOf(lines, 'app-1'), /^·+█+~+!·+$/);
  assert.match(laneOf(lines, 'app-2'), /^·+█+\+·+$/);
});

test('a dogpile is seen at the origin, with its height', () => {
  const herd = Array.from({ length: 200 }, (_, index) => recompute('app-1', 300 + index, 700 + index));
  const lines = lanesOf(second({ recomputes: all(herd) }));
  const origin = laneOf(lines, 'origin');
  assert.match(origin, /▁.*▄.*█+.*▄.*▁/);
  assert.ok(lines.some((line) => line.includes('200 recomputes there at once at the most')));
});

test('the legend explains what is drawn, and nothing else', () => {
  const quiet = lanesOf(second({})).join('\n');
  assert.match(quiet, /· serves at once/);
  assert.doesNotMatch(quiet, /[█░~X!+]/);
});

test('of expiries alike, the one is shown after which the load goes on', async () => {
  const run = await recordedRun('lock-run');
  const judged = timelineOf({ ...run, arrivals: [] }).expiries.listed.filter(({ isJudged }) => isJudged);
  assert.ok(judged.length > 1);
  assert.equal(expiryOf(run)?.number, judged.length - 1);
});

test("the text of a user's own service has a lane for each replica, also for one that did nothing meanwhile", async () => {
  const lines = runPicture(asForeign(await recordedRun('stale-while-revalidate-run')));
  const lanes = lines.flatMap((line) => /^ +(app-\d+) /.exec(line)?.[1] ?? []);
  assert.deepEqual(lanes, ['app-1', 'app-2', 'app-3', 'app-4']);
});
