import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findCommand } from '../../cluster/local/find-command.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { labFolder, runLab } from '../support/lab.ts';
import { type ConsoleProcess, startConsole } from './console-process.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
/** What one step may take on a machine that does much else. */
const SOON_MS = 90_000;
/** Names of other machines lead nowhere. */
const ALONE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
const WIDTHS = [
  { width: 1280, height: 900 },
  { width: 400, height: 800 },
];

describe('the page of the console, in a browser', { skip: whyNoChromium(), timeout: 600_000 }, () => {
  const folder = labFolder();
  let lab: ConsoleProcess;
  let browser: Browser;
  let page: Page;
  /** Addresses that the page asked for elsewhere, and what the browser complained of. */
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  const endings: (() => Promise<void>)[] = [];
  const ends = { after: (end: () => Promise<void>) => void endings.push(end) };

  before(async () => {
    browser = await chromium.launch({
      executablePath: findCommand([process.env.DOGPILE_CHROMIUM ?? 'chromium'], process.env.PATH ?? '') ?? '',
      chromiumSandbox: process.getuid?.() !== 0,
      args: ['--disable-dev-shm-usage', ALONE],
    });
    lab = await startConsole(ends, { folder: folder.path });
    const context = await browser.newContext({ viewport: WIDTHS[0] ?? null });
    context.setDefaultTimeout(SOON_MS);
    page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(`${lab.url}/`)) elsewhere.push(request.url());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${lab.url}/#token=${lab.token}`);
  });
  after(async () => {
    await browser?.close();
    for (const end of endings) await end();
    folder.remove();
  });

  /** Fills in the form and starts a run; gives its picture once there is one. */
  async function run(values: Readonly<Record<string, string>>) {
    const form = page.locator('#start form');
    for (const [name, value] of Object.entries(values)) {
      const field = form.getByLabel(name, { exact: true });
      if (name === 'STRATEGY') await field.selectOption({ label: value });
      else await field.fill(value);
    }
    await form.getByRole('button', { name: 'Start' }).click();
    await form.getByRole('button', { name: 'Stop it' }).waitFor();
    return page.locator(`article:has(h2:has-text("${values.STRATEGY}")) figure`);
  }
  const peakOf = async (picture: Awaited<ReturnType<typeof run>>) =>
    Number(await picture.getAttribute('data-peak-origin'));
  const untilJudged = (strategy: string) =>
    page.locator(`article:has(h2:has-text("${strategy}")) .checks summary`).waitFor();

  it('keeps its token out of the address', () => {
    assert.ok(!page.url().includes(lab.token), page.url());
  });

  it('shows the spike of none while the run goes on', async () => {
    const picture = await run({ STRATEGY: 'none', EXPIRIES: '2', RATE: '300', TTL: '1s' });
    // 300 requests per second in a recompute of 200 ms.
    await picture.and(page.locator('[data-peak-origin]')).waitFor();
    await page.waitForFunction(
      "Number(document.querySelector('figure')?.dataset.peakOrigin) > 20",
      undefined,
      { timeout: SOON_MS },
    );
    await untilJudged('none');
    assert.ok((await peakOf(picture)) > 20);
  });

  it('shows no spike of lock, and what each check says', async () => {
    const picture = await run({ STRATEGY: 'lock' });
    await picture.waitFor();
    await untilJudged('lock');
    const peak = await peakOf(picture);
    // A machine that stands still for longer than a lease lets a second one in.
    assert.ok(peak >= 1 && peak < 5, `${peak}`);
    assert.ok((await page.locator('article .checks tr').count()) > 10);
  });

  it('shows both side by side, and the fleet at a moment that the keyboard chooses', async () => {
    await page.getByRole('button', { name: /show .*-none beside/ }).click();
    await page.locator('#shown.two article').nth(1).locator('figure').waitFor();
    const [lock, none] = [page.locator('article').first(), page.locator('article').nth(1)];
    const slider = none.getByLabel('look at');
    await slider.focus();
    await page.keyboard.press('Home');
    const clock = await none.locator('output').textContent();
    assert.match(clock ?? '', /^0\.0\d s$/);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await none.locator('output').textContent(), clock);
    assert.ok((await lock.locator('.fleet li').count()) >= 5);
  });

  it('opens the replay of both on one clock in a tab of its own', async () => {
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: /replay both on one clock/ }).click();
    const replay = await opened;
    await replay.getByRole('slider').waitFor();
    assert.equal(await replay.locator('.stage').count(), 2);
    await replay.close();
  });

  it('says in one line what is wrong with a value, and starts nothing', async () => {
    const form = page.locator('#start form');
    await form.getByLabel('TTL', { exact: true }).fill('<b>soon</b>');
    await form.getByRole('button', { name: 'Start' }).click();
    const error = form.getByRole('alert');
    await error.getByText('TTL=<b>soon</b> is not allowed').waitFor();
    assert.equal(await form.locator('b').count(), 0);
    await form.getByLabel('TTL', { exact: true }).fill('1s');
  });

  it('has no serious finding of axe, at both widths and in both themes, and is never wider than its window', async () => {
    for (const viewport of WIDTHS)
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
        assert.deepEqual(await findingsIn(context, page.url()), [], `${viewport.width} ${colorScheme}`);
        await context.close();
      }
  });

  it('takes a step of the tour to its lesson, also if its run is closed, and tells where the focus is', async () => {
    const tour = page.locator('#tour');
    const said = tour.locator('.said');
    await tour.getByRole('radio').first().check();
    await tour.getByRole('button', { name: 'Run it' }).click();
    await said.and(page.locator('[data-stage=waiting], [data-stage=seen]')).waitFor();
    assert.equal(await focused(page), await said.textContent());
    await page
      .getByRole('button', { name: /^close / })
      .first()
      .click();
    await page.locator('article').waitFor({ state: 'detached' });
    await said.and(page.locator('[data-stage=over]')).waitFor();
    assert.match((await said.textContent()) ?? '', /^(You were right|It was)/);
    await tour.getByRole('button', { name: 'Next step' }).click();
    assert.match(await focused(page), /^2 of \d/);
  });

  it('says in the tour that a herd has ended without a run, and lets it be run again', async () => {
    const tour = page.locator('#tour');
    await tour.getByRole('button', { name: 'Run it' }).click();
    await page.locator('#start').getByRole('button', { name: 'Stop it' }).click();
    await tour.getByText('There was no run:').waitFor();
    await tour.getByRole('button', { name: 'Run it' }).waitFor();
  });

  it('breaks a cluster that stays by a button, and tells when it is healed', async () => {
    endings.unshift(async () => void (await runLab(folder.path, ['down'])));
    await page.locator('#playground > details > summary').click();
    const formOf = (start: string) => page.locator(`#playground form:has(button:text-is("${start}"))`);
    const started = async (start: string, values: Readonly<Record<string, string>> = {}) => {
      const form = formOf(start);
      const all = form.locator('details.all > summary');
      if ((await all.count()) > 0) await all.click();
      for (const [name, value] of Object.entries(values)) {
        const field = form.getByLabel(name, { exact: true });
        if (name === 'STRATEGY' || name === 'FAULT') await field.selectOption({ label: value });
        else await field.fill(value);
      }
      await form.getByRole('button', { name: start }).click();
      return form;
    };
    const up = { STRATEGY: 'lock', REPLICAS: '2', TTL: '500ms', LEASE: '500ms' };
    await (await started('Start a cluster that stays', up)).getByText('ended with status 0').waitFor();
    await (await started('Send requests to it', { RATE: '50' })).getByText(': running').waitFor();
    const fault = await started('Break it', { FAULT: 'redis-stall' });
    await fault.getByText('ended with status 0').waitFor();
    assert.match((await fault.locator('pre').textContent()) ?? '', /healed/);
    await (await started('End the cluster')).getByText('ended with status 0').waitFor();
  });

  it('says so when the console is gone, and shows what goes on when it is back', async () => {
    lab.lab.child.kill('SIGKILL');
    await lab.lab.ended;
    const status = page.locator('#connection');
    await status.getByText('The console does not answer').waitFor();
    lab = await startConsole(ends, { folder: folder.path, port: Number(new URL(lab.url).port) });
    await status.getByText('connected', { exact: true }).waitFor();
  });

  it('asked for nothing elsewhere, and broke no rule of its policy', () => {
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(complaints, []);
  });
});

const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement?.textContent ?? ""');

/** Opens the page in a context of its own, where axe may run, and gives what it finds. */
async function findingsIn(context: BrowserContext, url: string): Promise<string[]> {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('article figure').first().waitFor({ timeout: SOON_MS });
  await page.locator('#playground summary').first().click();
  await page.evaluate(AXE);
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  const isWide = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  return isWide ? [...findings, 'wider than its window'] : findings;
}
