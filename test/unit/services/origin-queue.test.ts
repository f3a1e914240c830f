import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { httpOrigin } from '../../../backends/http-origin.ts';
import { JournalReader } from '../../../record/files/journal-reader.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import { Ledger } from '../../../services/origin/ledger.ts';
import { originMetrics } from '../../../services/origin/metrics.ts';
import { originServer } from '../../../services/origin/server.ts';
import { systemClock } from '../../../services/shared/clock.ts';

const RECOMPUTE_MS = 100;

describe('an origin that runs one recompute at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const path = join(folder, 'ledger.jsonl');
  const ledger = new Ledger(path);
  const server = originServer({
    ledger,
    metrics: originMetrics([]),
    behaviour: {
      recomputeMs: RECOMPUTE_MS,
      jitter: 0,
      slowShare: 0,
      slowMs: 0,
      errorRate: 0,
      capacity: 1,
    },
    random: Math.random,
    members: ['app-1'],
    logger: false,
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('says in each answer how long the question queued, as its ledger has it', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(async () => (await server.inject('/recompute/queued?by=app-1')).json()),
    );
    const queuedMs = answers.map((answer) => answer.queuedMs).sort((a, b) => a - b);
    for (const [ahead, ms] of queuedMs.entries()) assert.ok(ms >= ahead * RECOMPUTE_MS - 2, `${queuedMs}`);
    assert.ok(queuedMs[0] < RECOMPUTE_MS / 2, `${queuedMs}`);
    const begun = new JournalReader<LedgerLine>(path)
      .read()
      .flatMap((line) => (line.event === 'begin' ? [line] : []));
    for (const { version, queuedMs } of answers) {
      const line = begun.find((candidate) => candidate.version === version);
      assert.equal(queuedMs, (line?.at ?? 0) - (line?.arrivedAt ?? 0));
    }
  });

  it('costs each of those who queue one recompute, and not the queue', async () => {
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const origin = httpOrigin({
      url,
      by: 'app-1',
      timeoutMs: 10_000,
      transport: fetch,
      clock: systemClock,
    });
    const startedAt = performance.now();
    const made = await Promise.all([1, 2, 3, 4].map(() => origin.recompute('cost', {})));
    assert.ok(performance.now() - startedAt >= 4 * RECOMPUTE_MS - 2);
    for (const { recomputeMs } of made)
      assert.ok(recomputeMs >= RECOMPUTE_MS - 2 && recomputeMs < 2 * RECOMPUTE_MS, `${recomputeMs}`);
  });
});
