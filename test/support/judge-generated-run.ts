// Generates a run of so many requests, judges it, and prints what that took. Fails if it does not pass, or took too much
// memory. With `foreign`, it is judged as a run of a user's own service.
// Type: node --max-old-space-size=96 test/support/judge-generated-run.ts 1000000 [foreign]

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../judge/index.ts';
import { readHistory } from '../../record/files/history.ts';
import { insideRemoved } from './as-foreign.ts';
import { generatedRun } from './generated-run.ts';

/** What judging a generated run took. */
export interface GeneratedJudgement {
  readonly requests: number;
  readonly expiries: number;
  readonly verdict: string;
  readonly judgedMs: number;
  /** The processor time of that, which other work on the machine does not lengthen. */
  readonly processorMs: number;
  /** The most memory that the process ever had, the generating included. */
  readonly maxRssMb: number;
}

const MOST_RSS_MB = 300;
const FOREIGN_CLAIM = 'recomputes<=1 monotonic stale<=50ms waits=everyone';

const requests = Number(process.argv[2]);
assert.ok(Number.isSafeInteger(requests) && requests > 0, 'type the number of requests, such as 1000000');
const folder = mkdtempSync(join(tmpdir(), 'dogpile-generated-'));
try {
  const path = join(folder, 'history.jsonl');
  const { recording: own, writeHistory } = await generatedRun(requests);
  const recording = process.argv[3] === 'foreign' ? insideRemoved(own, FOREIGN_CLAIM) : own;
  const seal = writeHistory(path);
  const [startedAt, usedBefore] = [performance.now(), process.cpuUsage()];
  const { record } = judge({ ...recording, arrivals: readHistory(path, { seal }) });
  const used = process.cpuUsage(usedBefore);
  const judgement: GeneratedJudgement = {
    requests,
    expiries: record.expiries,
    verdict: record.verdict,
    judgedMs: Math.round(performance.now() - startedAt),
    processorMs: Math.round((used.user + used.system) / 1000),
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(judgement));
  if (record.verdict !== 'pass') console.error(JSON.stringify(record, null, 2));
  process.exitCode = record.verdict === 'pass' && judgement.maxRssMb < MOST_RSS_MB ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
