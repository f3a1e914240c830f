import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from '../../grafana/check/browser.ts';
import { chromiumPath, whyNoChromium } from '../support/chromium.ts';
import { ROOT } from '../support/imports.ts';
import { labFolder, runLab } from '../support/lab.ts';
import { until } from '../support/within.ts';

/** The recompute takes 200 ms. */
const LATE_IN_RECOMPUTE_MS = 150;
/** The recording of `none` has 60 requests per second: 9 by then. That of `lock` has 120: 18 by then. */
const [RUN_BY_THEN, WAIT_BY_THEN] = [6, 12];

const folder = labFolder();
const ended = new AbortController();
let browser: Browser;
let page: string;

describe('the exported replay', { skip: whyNoChromium() }, () => {
  before(async () => {
    for (const name of ['none-run', 'lock-run'])
      await cp(join(ROOT, 'test/fixtures', name), join(folder.path, name), { recursive: true });
    const { status, out, err } = await runLab(folder.path, ['replay', 'RUN=none-run', 'WITH=lock-run']);
    assert.equal(status, 0, err);
    assert.equal(err, '');
    assert.match(out, /^replay: none-run\/replay\.html$/m);
    page = join(folder.path, 'none-run', 'replay.html');
    assert.ok(statSync(page).size < 2_000_000);
    browser = await startBrowser(chromiumPath(), ended.signal);
  });
  after(async () => {
    ended.abort();
    await browser?.close();
    folder.remove();
  });

  /** Opens the page, and lets `look` use it. Fails if it asked for anything, or reported an error. */
  async function opened(options: BrowserContextOptions, look: (open: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext(options);
    try {
      const open = await context.newPage();
      const [requests, errors]: [string[], string[]] = [[], []];
      open.on('request', (request) => requests.push(request.url()));
      open.on('pageerror', (error) => errors.push(error.message));
      open.on('console', (message) => errors.push(message.text()));
      await open.goto(pathToFileURL(page).href);
      await look(open);
      assert.deepEqual(requests, [pathToFileURL(page).href]);
      assert.deepEqual(errors, []);
    } finally {
      await context.close();
    }
  }

  it('plays on its own, pauses and goes step by step by key, and asks for nothing', () =>
    opened({}, async (open) => {
      const playing = async () => (await shownIn(open)).isPlaying;
      const first = (await shownIn(open)).atMs;
      await until('the replay to go on', async () => (await shownIn(open)).atMs > first);
      await open.keyboard.press(' ');
      await until('the replay to pause', async () => !(await playing()));
      const paused = (await shownIn(open)).atMs;
      await open.keyboard.press('ArrowRight');
      const next = (await shownIn(open)).atMs;
      assert.ok(next > paused);
      await open.keyboard.press('ArrowLeft');
      assert.ok((await shownIn(open)).atMs < next);
      await open.keyboard.press(' ');
      await until('the replay to go on', playing);
    }));

  it('draws the dogpile of none, and none with lock, at the same moment', () =>
    opened({ reducedMotion: 'reduce' }, async (open) => {
      assert.equal((await shownIn(open)).isPlaying, false, 'it waits where motion is not wanted');
      await seek(open, -20);
      assert.deepEqual((await shownIn(open)).atOrigin, [0, 0]);
      await seek(open, LATE_IN_RECOMPUTE_MS);
      const { atOrigin, waiting } = await shownIn(open);
      const [none = 0, lock] = atOrigin;
      assert.ok(none >= RUN_BY_THEN, `${none}`);
      assert.equal(lock, 1);
      assert.ok((waiting[1] ?? 0) >= WAIT_BY_THEN, `${waiting}`);
      assert.match(await open.locator('.stage').first().innerText(), /each request asks the origin too/);
      assert.match(await open.getByRole('status').innerText(), /lock: app-\d takes the lease/);
      const drawn = await open.evaluate(pixelsDrawn);
      assert.ok(
        drawn.every((pixels) => pixels > 1000),
        `${drawn}`,
      );
    }));

  for (const [width, colorScheme] of [
    [1280, 'light'],
    [400, 'dark'],
  ] as const)
    it(`is accessible and fits ${width} px, ${colorScheme}`, () =>
      opened({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' }, async (open) => {
        await open.locator('summary').click();
        assert.ok((await open.evaluate(widthOfPage)) <= width);
        assert.deepEqual(await seriousFindings(open), []);
      }));
});

interface Shown {
  readonly atMs: number;
  readonly isPlaying: boolean;
  /** By stage. */
  readonly atOrigin: readonly number[];
  readonly waiting: readonly number[];
}

/** Reads what the page has drawn last. */
async function shownIn(open: Page): Promise<Shown> {
  const of = (locator: string, name: string) =>
    open
      .locator(locator)
      .all()
      .then((all) => Promise.all(all.map((one) => one.getAttribute(`data-${name}`))));
  const [atMs] = await of('#replay', 'at-ms');
  const [playing] = await of('#replay', 'playing');
  return {
    ...{ atMs: Number(atMs), isPlaying: playing === 'true' },
    atOrigin: (await of('.stage', 'at-origin')).map(Number),
    waiting: (await of('.stage', 'waiting')).map(Number),
  };
}

/** Moves the scrub bar. */
async function seek(open: Page, atMs: number): Promise<void> {
  const bar = open.getByRole('slider');
  await bar.fill(`${atMs}`);
  assert.equal((await shownIn(open)).atMs, atMs);
}

/** Counts the pixels of each picture that are not empty. Runs in the page. */
const pixelsDrawn = `[...document.querySelectorAll('.stage canvas:not(.strip)')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, index) => index % 4 === 3 && value > 0).length;
})` as unknown as () => number[];
const widthOfPage = 'document.documentElement.scrollWidth' as unknown as () => number;

/** Lists what axe finds that is serious. */
async function seriousFindings(open: Page): Promise<string[]> {
  await open.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
  const found = (await open.evaluate(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as { id: string; impact: string; nodes: { html: string }[] }[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
