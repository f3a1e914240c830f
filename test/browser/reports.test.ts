import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../../grafana/check/browser.ts';
import type { Recording } from '../../judge/evidence.ts';
import { type Judged, judge } from '../../judge/index.ts';
import { ensureBrowser } from '../../lab/install/ensure-servers.ts';
import { readRun } from '../../lab/run/recording/read-run.ts';
import { batchReport } from '../../report/html/batch-report.ts';
import { runReport } from '../../report/html/run-report.ts';
import { asForeign } from '../support/as-foreign.ts';
import { comparedBatch, faultRow, faultsBatch, leaseRow, leasesBatch, runOf } from '../support/batches.ts';
import { CHROMIUM, whyNoChromium } from '../support/chromium.ts';
import { ROOT } from '../support/imports.ts';
import { axeFindings, troublesIn, VISITORS, type Visitor, WITHOUT_HOSTS } from '../support/page-visits.ts';
import { recordedRun } from '../support/recorded-run.ts';
import { takenOverAfter, writeDecided } from '../support/spoiled.ts';
import { told } from '../support/told-run.ts';

const fixture = (name: string) => readRun(join(ROOT, 'test/fixtures', name));
const reportOf = (run: Recording, change: (judged: Judged) => Judged = (judged) => judged) =>
  runReport(change(judge(run)), run);

/** Makes a third of the checks fail, and leaves another third unknown. */
const failed = (judged: Judged): Judged => {
  const { checks } = judged.record;
  const verdicts = ['fail', 'unknown', 'pass'] as const;
  const spoiled = checks.map((check, index) => ({ ...check, verdict: verdicts[index % 3] ?? check.verdict }));
  return { ...judged, record: { ...judged.record, verdict: 'fail', checks: spoiled } };
};

/** Without facts.json, the verdict is unknown. */
function cutShort(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-report-'));
  try {
    cpSync(join(ROOT, 'test/fixtures/lock-run'), folder, { recursive: true });
    rmSync(join(folder, 'facts.json'));
    return reportOf(readRun(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A frozen holder, whose late write was refused. */
const underFault = () =>
  told('pause-holder', (events, fence) =>
    takenOverAfter(300, { by: 'app-9' })(writeDecided('fenced', 400)(events, fence), fence),
  );

interface Page {
  readonly draw: () => string;
  readonly visitors: readonly Visitor[];
}

const seenByAll = (draw: () => string): Page => ({ draw, visitors: VISITORS });
/** What such a page shares with the others was seen by all. */
const seenOnPhone = (draw: () => string): Page => ({
  draw,
  visitors: VISITORS.filter(({ width }) => width === 400),
});

const ownService = asForeign(await recordedRun('single-flight-run'), 'recomputes<=4 monotonic');

const PAGES: Readonly<Record<string, Page>> = {
  'a run that passed': seenByAll(() => reportOf(fixture('lock-run'))),
  'a run behind a proxy': seenByAll(() => reportOf(fixture('squid-run'))),
  'a run that failed': seenByAll(() => reportOf(fixture('lock-run'), failed)),
  'a run that was cut short': seenByAll(cutShort),
  'a run under a fault': seenByAll(() => reportOf(underFault())),
  "a user's own service": seenOnPhone(() => reportOf(ownService)),
  'make compare': seenOnPhone(() => batchReport(comparedBatch(['none', 'lock', 'xfetch']))),
  'make faults': seenOnPhone(() =>
    batchReport(
      faultsBatch([faultRow(runOf('a')), faultRow(runOf('b', 'fail', 'the reason'), { fault: 'flush' })]),
    ),
  ),
  'make leases': seenOnPhone(() =>
    batchReport(leasesBatch([leaseRow('redis'), leaseRow('postgres unbound', 'accepted')])),
  ),
};

describe('in a browser without a network', { skip: whyNoChromium() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-pages-'));
  const ended = new AbortController();
  let browser: Browser;

  before(async () => {
    const { signal } = ended;
    browser = await startBrowser(await ensureBrowser(CHROMIUM, signal), signal, WITHOUT_HOSTS);
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const written = (name: string, page: string) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.html`);
    writeFileSync(path, page);
    return path;
  };

  for (const [name, { draw, visitors }] of Object.entries(PAGES))
    it(`the report of ${name} asks for nothing, fits on a phone, and axe finds nothing serious in it`, async () => {
      const path = written(name, draw());
      for (const visitor of visitors) {
        const { width, colorScheme } = visitor;
        const found = await Promise.all([
          troublesIn(browser, path, visitor),
          axeFindings(browser, path, visitor),
        ]);
        assert.deepEqual(found.flat(), [], `${width} px, ${colorScheme}`);
      }
    });

  it('a report with such a defect is found', async () => {
    const page = reportOf(fixture('lock-run'));
    const spoiled = page
      .replace(/--muted: [^;]*;/g, '--muted: #8888;')
      .replace('role="img" aria-label="', 'role="img" data-label="')
      .replace(
        '<h1>',
        '<div style="width: 500px">wide</div><img src="http://127.0.0.1:9/x.png" alt="x"><h1>',
      );
    const path = written('spoiled', spoiled.replace(/<meta http-equiv[^>]*>/, ''));
    const phone = { width: 400, colorScheme: 'dark' } as const;
    const troubles = await troublesIn(browser, path, phone);
    assert.ok(troubles.includes('asks for http://127.0.0.1:9/x.png'));
    assert.ok(troubles.some((trouble) => /^is 5\d\d pixels wide/.test(trouble)));
    const wide = await axeFindings(browser, path, { width: 1280, colorScheme: 'light' });
    for (const rule of ['color-contrast', 'svg-img-alt'])
      assert.ok(
        wide.some((finding) => finding.startsWith(`serious: ${rule} `)),
        rule,
      );
  });
});
