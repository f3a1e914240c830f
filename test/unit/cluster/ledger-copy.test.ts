import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LedgerCopy } from '../../../cluster/own/ledger-copy.ts';
import { JournalReader } from '../../../record/files/journal-reader.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import { ledgerTextFrom } from '../../../services/origin/ledger-text.ts';
import { until } from '../../../services/shared/until.ts';
import { startOrigin } from '../../support/real-origin.ts';

async function copyOf(t: TestContext, url: string) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-copy-'));
  const path = join(folder, 'data', 'ledger.jsonl');
  const copy = await LedgerCopy.start(url, path);
  t.after(async () => {
    await copy.end();
    rmSync(folder, { recursive: true });
  });
  const reader = new JournalReader<LedgerLine>(path);
  const lines: LedgerLine[] = [];
  const read = () => {
    lines.push(...reader.read());
    assert.equal(reader.damage, undefined);
    return lines;
  };
  return { copy, read };
}

const keysIn = (lines: readonly LedgerLine[]) =>
  lines.flatMap((line) => (line.event === 'begin' ? [line.key] : []));

test("the copy of an origin's ledger has what the origin writes from then on, as it is written", async (t) => {
  const { url } = await startOrigin(t, { members: ['a'] });
  const ask = (key: string) => fetch(`${url}/recompute/${key}?by=a`).then((answer) => answer.text());
  await ask('before');
  const { copy, read } = await copyOf(t, url);
  await ask('after');
  // Without being asked for its state.
  const whole = () => read().length === 2;
  await until('the copy', whole, { withinMs: 10_000, everyMs: 10 });
  await Promise.all(Array.from({ length: 50 }, (_, index) => ask(`key-${index}`)));
  assert.deepEqual(await copy.state(), { lines: 102 });
  assert.deepEqual(
    new Set(keysIn(read())),
    new Set(['after', ...Array.from({ length: 50 }, (_, index) => `key-${index}`)]),
  );
});

test('a long ledger is read in several parts of whole lines', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'ledger.jsonl');
  const whole = Array.from({ length: 10_000 }, (_, index) => `{"line":${index},"umlaut":"ü"}\n`).join('');
  // Its last line is still being written.
  writeFileSync(path, `${whole}{"line":`);
  const parts: string[] = [];
  for (let from = 0; ; ) {
    const { next, text } = ledgerTextFrom(path, from);
    if (next === from) break;
    assert.ok(text.endsWith('\n'));
    parts.push(text);
    from = next;
  }
  assert.ok(parts.length > 1);
  assert.equal(parts.join(''), whole);
});

test('a copy of what is no ledger is broken, and so is one whose origin is gone', async (t) => {
  const { url, ledger, server } = await startOrigin(t, { members: ['a'] });
  const { copy } = await copyOf(t, url);
  const other = (await copyOf(t, url)).copy;
  appendFileSync(ledger, '{"seq":1,"event":"begin"}\n');
  assert.match((await copy.state()).broken ?? '', /a line of the origin's ledger is not JSON/);
  await server.close();
  assert.match((await other.state()).broken ?? '', /ledger/);
  await assert.rejects(LedgerCopy.start(url, '/nowhere'), /the origin does not give its ledger/);
});

test('the origin says where a ledger is read on, and takes no other questions', async (t) => {
  const { server } = await startOrigin(t, { members: ['a'] });
  const ask = (query: string) => server.inject({ url: `/ledger${query}` });
  assert.deepEqual((await ask('')).json(), { next: 0, text: '' });
  await server.inject({ url: '/recompute/hot?by=a' });
  const { next, text } = (await ask('?from=0')).json();
  assert.equal(next, Buffer.byteLength(text));
  assert.deepEqual((await ask(`?from=${next}`)).json(), { next, text: '' });
  assert.deepEqual((await ask('')).json(), { next, text: '' });
  for (const query of ['?from=-1', '?from=x', '?from=1&from=2', '?to=1'])
    assert.equal((await ask(query)).statusCode, 400, query);
  const page = await server.inject({ url: '/ledger', headers: { origin: 'http://evil.example' } });
  assert.equal(page.statusCode, 403);
});
