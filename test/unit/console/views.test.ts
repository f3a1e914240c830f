import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FollowedRun } from '../../../console/server/followed-run.ts';
import { strategyTexts } from '../../../console/server/strategy-texts.ts';
import { fleetAt } from '../../../console/view/fleet.ts';
import type { RunView, ShownTimeline } from '../../../console/view/messages.ts';
import { stageOf } from '../../../console/view/tour.ts';
import { readRunStart } from '../../../record/files/read-run.ts';
import { strategies } from '../../../strategies/index.ts';
import { ROOT } from '../../support/imports.ts';

const LOCK_RUN = join(ROOT, 'test/fixtures/lock-run');

function timelineIn(folder: string, isLive = false): ShownTimeline {
  const run = new FollowedRun(folder, readRunStart(folder).start, { isLive });
  run.read();
  const timeline = run.timeline();
  assert.ok(timeline);
  return timeline;
}

test('there are three sentences about every strategy, and they are those of the docs', () => {
  const texts = strategyTexts(join(ROOT, 'docs/strategies.md'));
  for (const { name } of strategies) assert.equal(texts.get(name)?.length, 3, name);
  assert.match(texts.get('lock')?.[0] ?? '', /^One process in the fleet recomputes, .*\.$/);
  assert.match(texts.get('try-lock')?.[2] ?? '', /^Stale values: for one recompute; who waits: /);
});

test('a run that is followed as it grows looks as one that is read at once', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-followed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'data/events'), { recursive: true });
  cpSync(join(LOCK_RUN, 'run.json'), join(folder, 'run.json'));
  const run = new FollowedRun(folder, readRunStart(folder).start, { isLive: false });
  assert.equal(run.read(), false);
  assert.equal(run.timeline(), undefined);
  const names = ['data/ledger.jsonl', 'lab.jsonl', 'history.jsonl'].concat(
    ...['app-1', 'app-2', 'app-3', 'app-4'].map((name) => `data/events/${name}.jsonl`),
  );
  // In odd pieces, so that most of them end within a line.
  const texts = names.flatMap((name) => {
    try {
      return [{ name, text: readFileSync(join(LOCK_RUN, name)) }];
    } catch {
      return [];
    }
  });
  const longest = Math.max(...texts.map(({ text }) => text.length));
  for (const { name } of texts) writeFileSync(join(folder, name), '');
  const piece = Math.ceil(longest / 13);
  for (let from = 0; from < longest; from += piece) {
    for (const { name, text } of texts) appendFileSync(join(folder, name), text.subarray(from, from + piece));
    assert.equal(run.read(), true);
  }
  assert.equal(run.read(), false, 'nothing was added');
  assert.deepEqual(run.timeline(), timelineIn(LOCK_RUN));
});

test('of a run that goes on, the last seconds are shown, in steps of at most 50 ms', () => {
  const whole = timelineIn(LOCK_RUN);
  const last = timelineIn(LOCK_RUN, true);
  const { fromWallMs, untilWallMs } = last.window;
  assert.ok(untilWallMs - fromWallMs <= 10_000.001);
  assert.ok(untilWallMs >= whole.window.untilWallMs);
  assert.ok(last.requests.widthMs <= 50, `${last.requests.widthMs}`);
});

test('the fleet at a moment: one holds the lease and says for how long, others wait, then all answer', () => {
  const timeline = timelineIn(LOCK_RUN);
  const wait = timeline.waits.listed.find(({ untilWallMs }) => untilWallMs !== undefined);
  assert.ok(wait?.untilWallMs);
  const atWallMs = (wait.fromWallMs + wait.untilWallMs) / 2;
  const lease = timeline.leases.listed.find(
    (one) => one.grantedWallMs < atWallMs && one.endedWallMs > atWallMs,
  );
  assert.ok(lease);
  const during = fleetAt(timeline, atWallMs);
  const holders = during.members.filter(({ holdsForMs }) => holdsForMs !== undefined);
  assert.deepEqual(
    holders.map(({ name, holdsForMs }) => [name, holdsForMs]),
    [[lease.by, atWallMs - lease.grantedWallMs]],
  );
  const waiting = during.members.find(({ name }) => name === wait.by);
  assert.equal(waiting?.waitsForMs, atWallMs - wait.fromWallMs);
  assert.equal(during.originRunning + during.originQueued, 1);
  const afterwards = fleetAt(timeline, lease.endedWallMs + 150);
  assert.ok(
    afterwards.members.every(
      ({ holdsForMs, waitsForMs }) => holdsForMs === undefined && waitsForMs === undefined,
    ),
  );
  assert.equal(afterwards.originRunning, 0);
});

test('a victim is dead, frozen or cut off from its injection until it is healed', () => {
  const timeline = timelineIn(LOCK_RUN);
  const [victim = '', other = ''] = timeline.members;
  const at = timeline.window.fromWallMs + 1000;
  const struck = (fault: string, about: object = { victim }) =>
    fleetAt(
      {
        ...timeline,
        faults: [{ fault, victim, injectedWallMs: at, healedWallMs: at + 100, notes: [], ...about }],
      },
      at + 50,
    );
  const healthOf = (fleet: ReturnType<typeof struck>, name: string) =>
    fleet.members.find((member) => member.name === name)?.health;
  for (const [fault, health] of [
    ['kill-holder', 'dead'],
    ['pause-holder', 'frozen'],
    ['client-leaves', 'struck'],
  ] as const) {
    assert.equal(healthOf(struck(fault), victim), health, fault);
    assert.equal(healthOf(struck(fault), other), 'up');
  }
  const cut = struck('partition', { victim: 'redis-1', near: [victim] });
  assert.deepEqual([healthOf(cut, victim), healthOf(cut, other)], ['cut off', 'up']);
  assert.deepEqual(struck('redis-down', { victim: 'redis' }).others, [
    { name: 'redis', health: 'dead', fault: 'redis-down' },
  ]);
  const healed = fleetAt(
    {
      ...timeline,
      faults: [{ fault: 'kill-holder', victim, injectedWallMs: at, healedWallMs: at + 100, notes: [] }],
    },
    at + 100,
  );
  assert.equal(healthOf(healed, victim), 'up');
});

test('a step of the tour speaks of an expiry when it has happened, and of its fault when it has struck', () => {
  const timeline = timelineIn(LOCK_RUN);
  const view = { state: 'live', fault: null, setting: { ttlMs: 3000 }, timeline } as unknown as RunView;
  assert.equal(stageOf(undefined).stage, 'starting');
  assert.match(stageOf(view).text, /It was recomputed once/);
  const none = { ...timeline, expiries: { listed: timeline.expiries.listed.slice(0, 1), leftOut: 0 } };
  assert.equal(stageOf({ ...view, timeline: none }).stage, 'waiting', 'the first fill is no expiry');
  const fault = {
    fault: 'kill-holder',
    victim: 'app-2',
    injectedWallMs: timeline.beganWallMs + 4000,
    notes: [],
  };
  const faulty = { ...view, fault: 'kill-holder' };
  assert.equal(stageOf({ ...faulty, timeline: { ...timeline, faults: [] } }).stage, 'waiting');
  assert.match(
    stageOf({ ...faulty, timeline: { ...timeline, faults: [fault] } }).text,
    /^At 4.0 s the lab struck app-2/,
  );
  assert.equal(stageOf({ ...view, state: 'judged' }).stage, 'over');
});
