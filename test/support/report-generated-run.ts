// Generates a run of so many requests, draws its report, and prints what that took. Fails if the report is too large, or took too
// long. Type: node test/support/report-generated-run.ts 1000000

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../judge/index.ts';
import { readHistory } from '../../record/files/history.ts';
import { runReport } from '../../report/html/run-report.ts';
import { generatedRun } from './generated-run.ts';

const MOST_BYTES = 2_000_000;
/** Of the processor: other work on the machine does not lengthen it. */
const MOST_PROCESSOR_MS = 10_000;

const requests = Number(process.argv[2]);
assert.ok(Number.isSafeInteger(requests) && requests > 0, 'type the number of requests, such as 1000000');
const folder = mkdtempSync(join(tmpdir(), 'dogpile-generated-'));
try {
  const path = join(folder, 'history.jsonl');
  const { recording, writeHistory } = await generatedRun(requests);
  const run = { ...recording, arrivals: readHistory(path, { seal: writeHistory(path) }) };
  const judged = judge(run);
  const usedBefore = process.cpuUsage();
  const bytes = Buffer.byteLength(runReport(judged, run));
  const { user, system } = process.cpuUsage(usedBefore);
  const processorMs = Math.round((user + system) / 1000);
  console.log(JSON.stringify({ requests, bytes, processorMs }));
  assert.ok(bytes < MOST_BYTES && processorMs < MOST_PROCESSOR_MS);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
