import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { judge } from '../../../judge/index.ts';
import { readHistory } from '../../../record/files/history.ts';
import type { FileSeal } from '../../../record/run.ts';
import { recordedRun } from '../../support/recorded-run.ts';
import { told } from '../../support/told-run.ts';

const good = await recordedRun('lock-run');
const text = readFileSync(
  fileURLToPath(new URL('../../fixtures/lock-run/history.jsonl', import.meta.url)),
  'utf8',
);
const lines = text.trimEnd().split('\n');
const pieces = `${lines.length} requests, ${good.events.length} events, ${good.ledger.length} ledger lines`;
const sealOf = (text: string): FileSeal => ({
  lines: text.split('\n').length - 1,
  sha256: createHash('sha256').update(text).digest('hex'),
});

const folder = mkdtempSync(join(tmpdir(), 'dogpile-history-'));
const path = join(folder, 'history.jsonl');
after(() => rmSync(folder, { recursive: true, force: true }));

/** The run as the judge sees it when this is its history, and the seal is that of the history as it was. */
function judged(history: string, seal: FileSeal | undefined = sealOf(text)) {
  writeFileSync(path, history);
  return judge({ ...good, arrivals: readHistory(path, { seal }) }).record;
}

/** The history with one line changed, sealed as it is then. */
function withLine17(change: (line: string) => string) {
  const changed = `${lines.with(16, change(lines[16] ?? '')).join('\n')}\n`;
  return judged(changed, sealOf(changed));
}

/** The verdict is unknown, this is why, and nothing else is said. */
function isBroken({ verdict, checks }: ReturnType<typeof judged>, why: RegExp | string) {
  assert.equal(verdict, 'unknown');
  assert.deepEqual(
    checks.map(({ name, verdict }) => [name, verdict]),
    [['evidence intact', 'unknown']],
  );
  if (typeof why === 'string') assert.equal(checks[0]?.detail, why);
  else assert.match(checks[0]?.detail ?? '', why);
}

describe('the evidence', () => {
  it('is intact as it was recorded and sealed', () => {
    const { verdict, checks } = judged(text);
    assert.equal(verdict, 'pass');
    assert.deepEqual(checks[0], {
      name: 'evidence intact',
      verdict: 'pass',
      detail: pieces,
    });
  });

  it('says so where nothing seals it', () => {
    writeFileSync(path, text);
    const [first] = judge({ ...good, arrivals: readHistory(path) }).record.checks;
    assert.equal(first?.detail, `${pieces}; not sealed`);
  });

  it('is judged the same from its file as from memory', () =>
    assert.deepEqual(judged(text).checks.slice(1), judge(good).record.checks.slice(1)));

  it('is broken by a line that is not JSON', () => {
    isBroken(
      withLine17((line) => line.slice(5)),
      'history.jsonl: line 17 is not JSON',
    );
    isBroken(
      withLine17(() => ''),
      'history.jsonl: line 17 is not JSON',
    );
  });

  it('is broken by a line that lacks what it needs, or has what cannot be', () => {
    const change = (more: Record<string, unknown>) => (line: string) =>
      JSON.stringify({ ...JSON.parse(line), ...more });
    for (const [more, why] of [
      [{ dueAt: undefined }, 'has no dueAt that is a time in ms'],
      [{ dueAt: '1795315735896' }, 'has no dueAt that is a time in ms'],
      [{ dueAt: 1e300 }, 'has no dueAt that is a time in ms'],
      [{ ending: 'fine' }, 'has no ending that is ok, error, timeout or unsent'],
      [{ sentAt: undefined }, 'has no sentAt that is a time in ms'],
      [{ endedAt: null }, 'has no endedAt that is a time in ms'],
      [{ sentAt: 8e15 }, 'has an endedAt before its sentAt'],
      [{ answeredAt: 'soon' }, 'has an answeredAt that is no time in ms'],
      [{ tookMs: -1 }, 'has a tookMs that is no length in ms'],
      [{ tookMs: '3' }, 'has a tookMs that is no length in ms'],
      [{ by: undefined }, 'is ok, and has no by that is a text'],
      [{ served: 7 }, 'is ok, and has no served that is a text'],
      [{ version: undefined }, 'is ok, and has no version that is a whole number'],
      [{ version: 2.5 }, 'is ok, and has no version that is a whole number'],
      [{ ending: 'unsent' }, 'is unsent, and has a sentAt or an endedAt'],
      [{ degraded: 'yes' }, 'has a degraded that is not true or false'],
      [{ cache: 'miss' }, 'has a cache that is not hit, stale or fwd'],
      [{ status: '200' }, 'has a status that is no number'],
      [{ via: 3 }, 'has a by, served or via that is no text'],
      [{ why: {} }, 'has a to or why that is no text'],
    ] as const)
      isBroken(withLine17(change(more)), `history.jsonl: line 17 ${why}`);
    isBroken(
      withLine17((line) => line.replace(/"dueAt":[\d.]+/, '"dueAt":1e999')),
      'history.jsonl: line 17 has no dueAt that is a time in ms',
    );
    for (const value of ['null', '3', '"text"'])
      isBroken(
        withLine17(() => value),
        'history.jsonl: line 17 is no object',
      );
  });

  it('is broken by a line that was changed though it is well formed', () => {
    const changed = text.replace('"by":"app-1"', '"by":"app-2"');
    isBroken(judged(changed), 'history.jsonl differs from its digest in facts.json');
  });

  it('is broken by lines that are missing or too many', () => {
    const short = `${lines.slice(0, -3).join('\n')}\n`;
    isBroken(judged(short), 'history.jsonl has 3 lines less than facts.json says');
    isBroken(judged(''), `history.jsonl has ${lines.length} lines less than facts.json says`);
    const last = lines.at(-1);
    isBroken(judged(`${text}${last}\n`), 'history.jsonl has 1 line more than facts.json says');
  });

  it('is broken by a last line that was cut short, sealed or not', () => {
    const cut = text.slice(0, -40);
    const why = new RegExp(`^history\\.jsonl: line ${lines.length} is cut short`);
    isBroken(judged(cut), why);
    writeFileSync(path, cut);
    isBroken(judge({ ...good, arrivals: readHistory(path) }).record, why);
  });

  it('is broken by a line without an end', () => {
    const endless = `${lines[0]}\n${'x'.repeat(3 << 20)}\n`;
    isBroken(judged(endless), /^history\.jsonl: line 2 is cut short, or longer than 65536 bytes$/);
  });

  it('is broken by lines in another order than that of their endings', () => {
    const swapped = `${lines.toSpliced(16, 2, lines[17] ?? '', lines[16] ?? '').join('\n')}\n`;
    isBroken(judged(swapped, sealOf(swapped)), 'history.jsonl: line 18 is not in the order of the endings');
  });

  it('is broken where the history is missing', () => {
    rmSync(path, { force: true });
    isBroken(judge({ ...good, arrivals: readHistory(path) }).record, 'history.jsonl is missing');
  });

  it('is broken where another piece is, the first one named, and no check looks at that', () => {
    const damage = ['ledger.jsonl: line 3 is cut short', 'events/app-2.jsonl is missing'];
    const run = told('kill-holder');
    const faults = run.faults.map((fault) => ({
      ...fault,
      verify: () => assert.fail('this evidence is broken'),
    }));
    assert.throws(() => judge({ ...run, faults }), /this evidence is broken/);
    isBroken(judge({ ...run, faults, damage }).record, 'ledger.jsonl: line 3 is cut short');
  });
});

describe('the reader of the history', () => {
  it('reads the same arrivals each time, across the borders of its pieces and with letters of several bytes', () => {
    const arrivals = Array.from({ length: 9 }, (_, index) => ({
      ...{ dueAt: 10 ** index, ending: 'unsent' },
      why: 'é – 🐕'.repeat(2000 + index),
    }));
    const several = arrivals.map((arrival) => `${JSON.stringify(arrival)}\n`).join('');
    writeFileSync(path, several);
    const history = readHistory(path, { seal: sealOf(several) });
    for (const _ of [1, 2]) {
      assert.deepEqual([...history], arrivals);
      assert.equal(history.damage, undefined);
    }
  });

  it('knows of no damage while it is read in part', () => {
    writeFileSync(path, text.slice(0, -40));
    const history = readHistory(path);
    for (const _ of history) break;
    assert.equal(history.damage, undefined);
    assert.equal([...history].length, lines.length - 1);
    assert.match(history.damage ?? '', /cut short/);
  });
});
