import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { oneScript } from '../../../console/export/one-script.ts';
import { replayPage } from '../../../console/export/replay-page.ts';
import {
  heapSlotIn,
  layoutOf,
  type Rect,
  slotIn,
  spacingFor,
} from '../../../console/replay/picture/layout.ts';
import { mostAtOnce, peaksOf } from '../../../console/replay/picture/peaks.ts';
import { stripLevels } from '../../../console/replay/picture/strip-levels.ts';
import { ReplayClock } from '../../../console/replay/replay-clock.ts';
import { EMPTY_SCENE, recordedScene } from '../../support/scenes.ts';

describe('the clock of a replay', () => {
  it('goes as slowly as it is told, and stops at the end', () => {
    const clock = new ReplayClock(-100, 50, -20);
    clock.advance(1000);
    assert.equal(clock.atMs, -20, 'it does not go before it is played');
    clock.play();
    clock.advance(100);
    assert.equal(clock.atMs, -10);
    clock.slowdown = 100;
    clock.advance(100);
    assert.equal(clock.atMs, -9);
    clock.slowdown = 1;
    clock.advance(1000);
    assert.deepEqual([clock.atMs, clock.isPlaying], [50, false]);
    clock.play();
    assert.equal(clock.atMs, -100, 'from the end it begins anew');
  });

  it('steps from moment to moment in both directions, and pauses', () => {
    const clock = new ReplayClock(-100, 50, 0);
    const moments = [-40, 0, 0, 7].map((atMs) => ({ atMs }));
    clock.play();
    const step = (direction: 1 | -1) => {
      clock.step(moments, direction);
      return clock.atMs;
    };
    assert.deepEqual([step(1), step(1), step(-1), step(-1), step(-1), step(-1)], [7, 50, 7, 0, -40, -100]);
    assert.equal(clock.isPlaying, false);
  });
});

describe('the picture', () => {
  const isInside = (outer: Rect, { x, y, w, h }: Rect) =>
    x >= outer.x && y >= outer.y && x + w <= outer.x + outer.w && y + h <= outer.y + outer.h;

  it('has every part inside of it and none over another, at each width and fleet', () => {
    for (const width of [300, 368, 639, 640, 1046])
      for (const members of [1, 4, 16, 64])
        for (const isCompact of [true, false]) {
          const layout = layoutOf(width, { members, hasQueue: true, isCompact });
          const parts = [...layout.members, ...layout.piles, layout.store, layout.running, layout.queue];
          const whole = { x: 0, y: 0, w: layout.width, h: layout.height };
          for (const [index, part] of parts.entries()) {
            assert.ok(
              part.w > 0 && part.h > 0 && isInside(whole, part),
              `${width} ${members} ${JSON.stringify(part)}`,
            );
            for (const other of parts.slice(index + 1))
              assert.ok(
                part.x + part.w <= other.x ||
                  other.x + other.w <= part.x ||
                  part.y + part.h <= other.y ||
                  other.y + other.h <= part.y,
                `${width} ${members}: ${JSON.stringify([part, other])}`,
              );
          }
        }
  });

  it('has room for every dot of a pile and of a heap', () => {
    const rect = { x: 10, y: 20, w: 240, h: 60 };
    for (const count of [1, 15, 200, 2000]) {
      const spacing = spacingFor(rect, count);
      for (let index = 0; index < count; index++)
        for (const slot of [slotIn(rect, spacing, index), heapSlotIn(rect, spacing, index)])
          assert.ok(
            isInside(rect, { ...slot, w: 0, h: 0 }),
            `${count}: dot ${index} at ${JSON.stringify(slot)}`,
          );
    }
  });

  it('has dots of one size in all scenes, for the highest pile of any', async () => {
    const [none, lock] = [await recordedScene('none-run'), await recordedScene('lock-run')];
    const peaks = peaksOf([none, lock]);
    assert.equal(peaks.running, peaksOf([none]).running);
    assert.equal(peaks.pile, Math.max(peaksOf([none]).pile, peaksOf([lock]).pile));
    assert.equal(peaksOf([lock]).calls, 1);
    assert.equal(
      mostAtOnce([
        [0, 10],
        [10, 20],
        [5, 15],
        [30, undefined],
      ]),
      2,
    );
  });

  it('shows in its strip when the origin was busy', () => {
    const call = { member: 0, version: 1, arrivedMs: 100, beganMs: 150, endedMs: 300 };
    const other = { ...call, version: 2, arrivedMs: 250, endedMs: 349 };
    const { levels } = stripLevels({ ...EMPTY_SCENE, calls: [call, other] }, 0, 500, 5);
    assert.deepEqual(levels, [0, 1, 2, 2, 0]);
  });
});

describe('the exported page', () => {
  const page = () => replayPage([{ ...EMPTY_SCENE, strategy: '</script><b>x', run: '<!--', fault: '"><i>' }]);

  it('makes no markup of foreign text', () => {
    assert.doesNotMatch(page(), /<b>|<i>|<!--/);
    const json = /<script type="application\/json" id="scenes">([^<]*)<\/script>/.exec(page())?.[1] ?? '';
    assert.equal(JSON.parse(json)[0].strategy, '</script><b>x');
  });

  it('allows its own script and style, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page())?.[1] ?? '';
    const digest = (tag: string) => {
      const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page())?.[1] ?? '';
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    assert.deepEqual(policy.split('; '), [
      `default-src 'none'`,
      `script-src ${digest('script')}`,
      `style-src ${digest('style')}`,
      `base-uri 'none'`,
      `form-action 'none'`,
    ]);
    assert.doesNotMatch(page(), /https?:\/\/|\ssrc=|\shref=|@import|url\(/);
  });
});

describe('the one script', () => {
  const scriptOf = (t: TestContext, files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return oneScript(pathToFileURL(join(folder, 'main.ts')));
  };

  it('runs the modules in the order of their imports, each once', (t) => {
    const script = scriptOf(t, {
      'main.ts': `import { type A, a } from './a.ts';\nimport { b } from './b.ts';\nconst sum: A = a + b;\nout.push(sum);\n`,
      'a.ts': `import { b } from './b.ts';\nexport type A = number;\nexport const a: A = b + 1;\n`,
      'b.ts': `out.push('b');\nexport const b = 1;\n`,
    });
    const out: unknown[] = [];
    new Function('out', script)(out);
    assert.deepEqual(out, ['b', 3]);
  });

  it('refuses what one scope cannot hold', (t) => {
    const twice = { 'main.ts': `import './a.ts';\nconst same = 1;\n`, 'a.ts': 'export const same = 2;\n' };
    assert.throws(() => scriptOf(t, twice), /'same' has already been declared/);
    assert.throws(() => scriptOf(t, { 'main.ts': `import { z } from 'zod';\n` }), /imports the package zod/);
    const renamed = { 'main.ts': `import { a as b } from './a.ts';\n`, 'a.ts': 'export const a = 1;\n' };
    assert.throws(() => scriptOf(t, renamed), /under another name/);
    assert.throws(() => scriptOf(t, { 'main.ts': 'export default 1;\n' }), /cannot be put into one script/);
    assert.throws(() => scriptOf(t, { 'main.ts': `const a = '</script>';\n` }), /end its own element/);
  });
});
