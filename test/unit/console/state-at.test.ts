import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Scene, SceneCall, SceneRequest } from '../../../console/scene/scene.ts';
import { lookInto } from '../../../console/scene/state-at.ts';
import { EMPTY_SCENE, recordedScene } from '../../support/scenes.ts';

// Few moments, versions and members, so that many of them coincide.
const moment = fc.integer({ min: 0, max: 30 });
const span = fc.integer({ min: 0, max: 12 });
const member = fc.integer({ min: 0, max: 1 });
const version = fc.integer({ min: 1, max: 6 });

const aRequest = fc
  .record({
    ...{
      dueMs: moment,
      tookMs: fc.option(span, { nil: undefined }),
      member: fc.option(member, { nil: undefined }),
    },
    outcome: fc.constantFrom('hit', 'waited', 'recomputed', 'error'),
    version,
  })
  .map(
    ({ dueMs, tookMs, member, outcome, version }): SceneRequest => ({
      ...{ dueMs, outcome, version },
      ...(tookMs !== undefined && { endedMs: dueMs + tookMs }),
      ...(member !== undefined && { member }),
    }),
  );
/** Calls by clocks of their own: they may begin before their request, and end after it. */
const aCall = fc.record({ member, version, arrivedMs: moment, queueMs: span, runMs: span }).map(
  ({ member, version, arrivedMs, queueMs, runMs }): SceneCall => ({
    ...{ member, version, arrivedMs, beganMs: arrivedMs + queueMs },
    ...(runMs < 11 && { endedMs: arrivedMs + queueMs + runMs, ending: 'ok' }),
  }),
);
const aScene = fc
  .record({
    requests: fc.array(aRequest, { maxLength: 40, size: 'max' }),
    calls: fc.uniqueArray(aCall, { selector: ({ version }) => version, maxLength: 6 }),
  })
  .map((parts): Scene => ({ ...EMPTY_SCENE, ...parts }));

/** Holds a state against the scene, counted in another way. */
function checkBooks(scene: Scene, atMs: number): void {
  const state = lookInto(scene)(atMs);
  const due = scene.requests.filter(({ dueMs }) => dueMs <= atMs);
  const open = due.filter(({ endedMs = Number.POSITIVE_INFINITY }) => endedMs > atMs);
  const { replica, bench, queue, origin, answered, failed } = state.counts;
  assert.equal(state.due, due.length);
  assert.equal(replica + bench + queue + origin, open.length);
  assert.equal(answered + failed, due.length - open.length);
  const shown = state.dots.map(({ request }) => request);
  assert.equal(new Set(shown).size, shown.length, 'no request is in two places');
  const drawn = state.dots.filter(({ place }) => place !== 'answered' && place !== 'failed');
  assert.equal(drawn.length, open.length);
  // Every call that is there is one dot: of its request, or a loose one. A request that has its answer leaves its call.
  const calls = scene.calls.filter(
    ({ arrivedMs, endedMs = Number.POSITIVE_INFINITY }) => arrivedMs <= atMs && atMs < endedMs,
  );
  assert.equal(state.origin.running + state.origin.queued, calls.length);
  assert.ok(queue + origin + state.looseCalls.length <= calls.length);
}

describe('the state of a scene', () => {
  it('has each request in exactly one place at each moment', () => {
    fc.assert(fc.property(aScene, moment, checkBooks), { numRuns: 500 });
  });

  for (const name of ['lock-run', 'none-run', 'squid-run'])
    it(`has each request of ${name} in exactly one place at each moment`, async () => {
      const scene = await recordedScene(name);
      for (let atMs = scene.fromMs - 50; atMs < scene.untilMs + 500; atMs += 37) checkBooks(scene, atMs);
    });

  it('has the dogpile of none at the origin, and that of lock on the bench', async () => {
    const [none, lock] = [await recordedScene('none-run'), await recordedScene('lock-run')];
    // By then most of the recompute of 200 ms is over: at 60 requests a second with none, and at 120 with lock.
    const [piled, waiting] = [lookInto(none)(150), lookInto(lock)(150)];
    assert.ok(piled.counts.origin + piled.counts.queue >= 6, JSON.stringify(piled.counts));
    assert.equal(piled.counts.bench, 0);
    assert.deepEqual(piled.looseCalls, [], 'each recompute has its request');
    assert.equal(waiting.counts.origin + waiting.counts.queue, 1);
    assert.ok(waiting.counts.bench >= 12, JSON.stringify(waiting.counts));
  });

  it('says who holds the lease, until when, and that the value is being replaced', async () => {
    const scene = await recordedScene('lock-run');
    const { lease, value, members } = lookInto(scene)(150);
    assert.ok(lease && lease.lease.grantedMs <= 150 && lease.lease.end === 'committed');
    assert.ok(Math.abs(lease.runsOutMs - lease.lease.grantedMs - scene.settings.leaseMs) < 1);
    assert.equal(value.replacing, 0);
    assert.equal(members[lease.lease.member]?.calls, 1);
    const [filledMs = 0] = scene.expiries.flatMap(({ beganMs, filledMs }) =>
      beganMs === 0 ? [filledMs] : [],
    );
    const after = lookInto(scene)(filledMs + 20);
    assert.equal(after.lease, undefined);
    assert.equal(after.value.replacing, undefined);
    assert.equal(after.value.version, (value.version ?? 0) + 1);
  });

  it('lets a renewal begin the term of a lease anew', () => {
    const lease = {
      member: 0,
      fence: 7,
      grantedMs: 0,
      renewedMs: [300, 650],
      endedMs: 900,
      end: 'committed',
    };
    const look = lookInto({ ...EMPTY_SCENE, leases: [lease] });
    assert.deepEqual(
      [0, 299, 300, 700, 900].map((atMs) => look(atMs).lease?.runsOutMs),
      [1000, 1000, 1300, 1650, undefined],
    );
  });

  it('shows who is frozen, dead or struck, until it is healed', () => {
    const fault = (fault: string, victim: string) => ({
      fault,
      victim,
      plannedMs: 50,
      injectedMs: 100,
      healedMs: 500,
    });
    const faults = [
      fault('pause-holder', 'app-1'),
      fault('kill-holder', 'app-2'),
      fault('redis-slow', 'redis'),
    ];
    const look = lookInto({ ...EMPTY_SCENE, faults });
    const health = (atMs: number) => {
      const { members, others } = look(atMs);
      return [...members, ...others].map(({ health }) => health);
    };
    assert.deepEqual(health(60), ['up', 'up', 'up', 'up']);
    assert.deepEqual(health(100), ['frozen', 'dead', 'up', 'struck']);
    assert.deepEqual(health(500), ['up', 'up', 'up', 'up']);
  });

  it('shows who is cut off, by whom the cut leaves together, and each of several victims', () => {
    const faults = [
      { fault: 'partition', victim: 'redis-1', near: ['app-2'], injectedMs: 100, healedMs: 200 },
      { fault: 'lock-servers-down', victim: 'lock-1 lock-2', injectedMs: 300, healedMs: 400 },
    ];
    const look = lookInto({ ...EMPTY_SCENE, faults });
    assert.deepEqual(
      look(150).members.map(({ health }) => health),
      ['up', 'cut off', 'up'],
    );
    assert.deepEqual(look(350).others, [
      { name: 'lock-1', health: 'dead' },
      { name: 'lock-2', health: 'dead' },
    ]);
  });

  it('shows what ended for as long as it is asked to', () => {
    const request = { dueMs: 0, endedMs: 10, outcome: 'hit', member: 0 };
    const write = { member: 0, version: 3, fence: 0, atMs: 10, accepted: true };
    const look = lookInto({ ...EMPTY_SCENE, requests: [request], writes: [write] });
    const shown = (atMs: number, trailMs: number) => {
      const { dots, writes } = look(atMs, { trailMs });
      return [dots.length, writes.length];
    };
    assert.deepEqual(
      [shown(9, 0), shown(11, 0), shown(15, 5), shown(16, 5)],
      [
        [1, 0],
        [0, 0],
        [1, 1],
        [0, 0],
      ],
    );
  });
});
