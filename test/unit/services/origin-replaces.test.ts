import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { JournalReader } from '../../../record/files/journal-reader.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import { Ledger } from '../../../services/origin/ledger.ts';
import { originMetrics } from '../../../services/origin/metrics.ts';
import { originServer } from '../../../services/origin/server.ts';

describe('the version that a recompute replaces', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const path = join(folder, 'ledger.jsonl');
  const behaviour = { recomputeMs: 0, jitter: 0, slowShare: 0, slowMs: 0, errorRate: 0, capacity: 0 };
  const server = originServer({
    ledger: new Ledger(path),
    metrics: originMetrics([]),
    behaviour,
    random: Math.random,
    members: ['app-1'],
    logger: false,
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const ask = (query: string) => server.inject({ url: `/recompute/hot?by=app-1${query}` });
  const begun = async () => {
    const lines = new JournalReader<LedgerLine>(path).read();
    return lines.flatMap((line) => (line.event === 'begin' ? [line] : []));
  };

  it('is in the ledger as it was sent, and absent where it was not', async () => {
    for (const query of ['&replaces=0', '&replaces=41', '', '&seenAt=5'])
      assert.equal((await ask(query)).statusCode, 200, query);
    assert.deepEqual(
      (await begun()).map(({ replaces, seenAt }) => [replaces, seenAt]),
      [
        [0, undefined],
        [41, undefined],
        [undefined, undefined],
        [undefined, 5],
      ],
    );
  });

  it('is refused unless it is a whole number from 0, with one line, and nothing is recomputed', async () => {
    const before = await begun();
    for (const wrong of ['-1', '1.5', 'new', '', '1e3', '99999999999999999', '1&replaces=2']) {
      const answer = await ask(`&replaces=${wrong}`);
      assert.equal(answer.statusCode, 400, wrong);
      assert.match(answer.json().error, /^replaces must be a whole number from 0.* Type: [^\n]+$/);
    }
    assert.deepEqual(await begun(), before);
  });
});
