// Generates a run of so many requests, draws its report and its picture, opens the report in a browser, and prints what that took.
// Fails if the report is too large, or took too long. Type: node test/support/report-generated-run.ts 1000000

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from '../../grafana/check/browser.ts';
import { judge } from '../../judge/index.ts';
import { ensureBrowser } from '../../lab/install/ensure-servers.ts';
import { readHistory } from '../../record/files/history.ts';
import { runReport } from '../../report/html/run-report.ts';
import { pngOf } from '../../report/picture/png.ts';
import { runSheet } from '../../report/picture/run-sheet.ts';
import { CHROMIUM } from './chromium.ts';
import { generatedRun } from './generated-run.ts';

const MOST_BYTES = 2_000_000;
/** Of the processor: other work on the machine does not lengthen it. */
const MOST_PROCESSOR_MS = 10_000;
const MOST_OPENING_MS = 2000;
/** The best of these counts: other work on the machine only lengthens one. */
const OPENINGS = 5;

const requests = Number(process.argv[2]);
assert.ok(Number.isSafeInteger(requests) && requests > 0, 'type the number of requests, such as 1000000');
const folder = mkdtempSync(join(tmpdir(), 'dogpile-generated-'));
try {
  const path = join(folder, 'history.jsonl');
  const { recording, writeHistory } = await generatedRun(requests);
  const run = { ...recording, arrivals: readHistory(path, { seal: writeHistory(path) }) };
  const judged = judge(run);
  const usedBefore = process.cpuUsage();
  const report = runReport(judged, run);
  pngOf(runSheet(judged, run));
  const { user, system } = process.cpuUsage(usedBefore);
  const processorMs = Math.round((user + system) / 1000);
  const page = join(folder, 'report.html');
  writeFileSync(page, report);
  const bytes = Buffer.byteLength(report);
  const openingMs = await openingMsOf(page);
  console.log(JSON.stringify({ requests, bytes, processorMs, openingMs }));
  assert.ok(bytes < MOST_BYTES && processorMs < MOST_PROCESSOR_MS && openingMs < MOST_OPENING_MS);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Gives how long a browser takes until it has loaded and painted a page. */
async function openingMsOf(path: string): Promise<number> {
  const { signal } = new AbortController();
  const browser = await startBrowser(await ensureBrowser(CHROMIUM, signal), signal);
  try {
    const tab = await browser.newPage();
    const openings: number[] = [];
    for (let opening = 0; opening < OPENINGS; opening++) {
      const before = performance.now();
      await tab.goto(pathToFileURL(path).href);
      await tab.screenshot();
      openings.push(Math.round(performance.now() - before));
    }
    return Math.min(...openings);
  } finally {
    await browser.close();
  }
}
