import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { momentsOf } from '../../../console/scene/moments.ts';
import type { Scene } from '../../../console/scene/scene.ts';
import { EMPTY_SCENE, recordedScene } from '../../support/scenes.ts';

const turnsOf = (scene: Scene) => momentsOf(scene).filter(({ isTurn }) => isTurn);

describe('the story of a scene', () => {
  it('tells of the lease with lock, and of the dogpile with none', async () => {
    const told = async (name: string) =>
      turnsOf(await recordedScene(name))
        .filter(({ atMs }) => atMs >= 0 && atMs < 600)
        .map(({ text }) => text.replaceAll(/\d+/g, 'N'));
    assert.deepEqual(await told('lock-run'), [
      'Version N has expired.',
      'app-N takes the lease under fence …N. It alone may recompute.',
      'The new value is in the cache. It took N recompute.',
    ]);
    assert.deepEqual(await told('none-run'), [
      'Version N has expired.',
      'There is no new value yet, and nothing holds the others back: each request asks the origin too.',
      'The dogpile is at its highest: N recomputes of the same value at once.',
      'The new value is in the cache. It took N recomputes.',
    ]);
  });

  it('tells how a frozen holder loses its lease, and how its late write bounces off the fence', () => {
    const scene: Scene = {
      ...EMPTY_SCENE,
      fault: 'pause-holder',
      leases: [
        { member: 2, fence: 1_795_855_116_979, grantedMs: 0, renewedMs: [], endedMs: 1000, end: 'ran-out' },
        {
          member: 0,
          fence: 1_795_855_117_982,
          grantedMs: 1003,
          renewedMs: [1340],
          endedMs: 1600,
          end: 'committed',
        },
      ],
      writes: [
        { member: 0, version: 5, fence: 1_795_855_117_982, atMs: 1600, accepted: true },
        { member: 2, version: 4, fence: 1_795_855_116_979, atMs: 1660, accepted: false },
      ],
      faults: [{ fault: 'pause-holder', victim: 'app-3', injectedMs: 33, healedMs: 1648 }],
    };
    assert.deepEqual(
      turnsOf(scene).map(({ text }) => text),
      [
        'app-3 takes the lease under fence …116979. It alone may recompute.',
        'app-3 is frozen: it does nothing, and does not know it.',
        'The lease of app-3 has run out.',
        'app-1 takes the lease under fence …117982. It alone may recompute.',
        'app-3 goes on as if no time had passed.',
        'The late write of app-3 (version 4) bounces off the fence: its fence …116979 is older than …117982.',
      ],
    );
    assert.ok(momentsOf(scene).some(({ text, isTurn }) => text === 'app-1 renews the lease.' && !isTurn));
  });

  it('is in order, and within what is shown', async () => {
    for (const name of ['lock-run', 'none-run', 'squid-run']) {
      const scene = await recordedScene(name);
      const moments = momentsOf(scene).map(({ atMs }) => atMs);
      assert.deepEqual(
        moments,
        moments.toSorted((a, b) => a - b),
      );
      assert.ok(moments.every((atMs) => atMs >= scene.fromMs && atMs <= scene.untilMs));
    }
  });
});
