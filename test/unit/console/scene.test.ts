import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { replayPage } from '../../../console/export/replay-page.ts';
import { packed, unpacked } from '../../../console/scene/pack.ts';
import type { Scene } from '../../../console/scene/scene.ts';
import { lookInto } from '../../../console/scene/state-at.ts';
import { MOST_REQUESTS } from '../../../console/scene/window.ts';
import { judge } from '../../../judge/index.ts';
import { readHistory } from '../../../record/files/history.ts';
import { asForeign } from '../../support/as-foreign.ts';
import { generatedRun } from '../../support/generated-run.ts';
import { recordedRun } from '../../support/recorded-run.ts';
import { recordedScene, sceneFrom } from '../../support/scenes.ts';

/** A large run that never happened, as a scene. */
async function largeScene(requests: number): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  try {
    const { recording, writeHistory } = await generatedRun(requests);
    const path = join(folder, 'history.jsonl');
    writeHistory(path);
    return sceneFrom({ ...recording, arrivals: readHistory(path) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the scene of a run', () => {
  for (const [name, early] of [
    ['lock-run', false],
    ['stale-while-revalidate-run', false],
    ['xfetch-run', true],
  ] as const)
    it(`says of a user's own service that it refreshes ${early ? 'early if it does so' : 'no value early that it does not'}: ${name}`, async () => {
      const recording = await recordedRun(name);
      assert.equal(sceneFrom(recording).early, early);
      assert.equal(sceneFrom(asForeign(recording)).early, early);
    });

  for (const name of ['lock-run', 'none-run', 'squid-run'])
    it(`has every request, recompute and write of ${name} that the judge counts`, async () => {
      const recording = await recordedRun(name);
      const { record } = judge(recording);
      const scene = sceneFrom(recording);
      assert.equal(scene.lacks, null);
      assert.equal(scene.requests.length, record.requests.scheduled);
      assert.equal(scene.calls.length, record.origin.recomputes);
      assert.equal(scene.writes.filter(({ accepted }) => accepted).length, record.fencing.accepted);
      const { outcomes } = lookInto(scene)(scene.untilMs + 60_000);
      for (const [outcome, count] of Object.entries(record.requests.byOutcome))
        assert.equal(outcomes[outcome] ?? 0, count, outcome);
    });

  it("shows a user's own service by its ledger and its answers, as the judge sees it", async () => {
    const recording = asForeign(await recordedRun('single-flight-run'));
    const { record } = judge(recording);
    const scene = sceneFrom(recording);
    assert.equal(scene.strategy, 'yours');
    const recomputes = scene.expiries.filter(({ cause }) => cause === 'expiry').map((one) => one.recomputes);
    assert.equal(Math.max(...recomputes), record.origin.perExpiry.max);
    assert.ok(recomputes.length >= record.expiries);
    const { outcomes } = lookInto(scene)(scene.untilMs + 60_000);
    for (const [outcome, count] of Object.entries(record.requests.byOutcome))
      assert.equal(outcomes[outcome] ?? 0, count, outcome);
  });

  it('has its zero where the expiry begins that a report would show', async () => {
    const scene = await recordedScene('lock-run');
    assert.ok(scene.expiries.some(({ beganMs, cause }) => beganMs === 0 && cause === 'expiry'));
    assert.ok(scene.fromMs < -500 && scene.untilMs > 200);
  });

  it('shows whole expiries of a run that is too large, says so, and fits twice into 2 MB', async () => {
    const scene = await largeScene(200_000);
    assert.ok(scene.requests.length > MOST_REQUESTS / 2 && scene.requests.length <= MOST_REQUESTS * 1.01);
    assert.match(
      scene.lacks ?? '',
      /^This run is too long for one page\. \d of its 63 expiries are shown\.$/,
    );
    const { due, counts } = lookInto(scene)(0);
    assert.equal(
      due,
      Object.values(counts).reduce((a, b) => a + b),
    );
    assert.ok(replayPage([scene, scene]).length < 2_000_000);
  });

  it('fits twice into 2 MB though each request is a recompute', async () => {
    const scene = await largeScene(MOST_REQUESTS);
    const calls = scene.requests.map(({ dueMs, endedMs = dueMs }, index) => ({
      ...{ member: index % 4, version: index, arrivedMs: dueMs + 0.25, beganMs: dueMs + 1.25, endedMs },
      ending: 'ok',
    }));
    const writes = calls.map(({ member, version, endedMs }) => ({
      ...{ member, version, fence: 1_795_855_116_979, atMs: endedMs + 0.25, accepted: true },
    }));
    const dogpile = { ...scene, calls, writes };
    assert.ok(replayPage([dogpile, dogpile]).length < 2_000_000);
  });

  it('says which piece of the record is broken', async () => {
    const recording = await recordedRun('lock-run');
    const damage = ['data/ledger.jsonl: line 3 is broken'];
    const { lacks } = sceneFrom({ ...recording, damage });
    assert.equal(lacks, 'The record is not whole: data/ledger.jsonl: line 3 is broken.');
  });

  it('comes through packing as it was', async () => {
    const scene = await recordedScene('none-run');
    const { requests, ...rest } = unpacked(JSON.parse(JSON.stringify(packed(scene))));
    const { requests: before, ...restBefore } = scene;
    assert.deepEqual(rest, restBefore);
    assert.deepEqual(requests, before);
  });
});
