import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addStates, sealFiles } from '../../../lab/run/recording/seals.ts';

const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
cpSync(fileURLToPath(new URL('../../fixtures/lock-run', import.meta.url)), folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

const LEDGER = 'data/ledger.jsonl';
const GONE = 'data/events/app-9.jsonl';

describe('the seal of a run', () => {
  it('covers every file, and finds nothing wrong with whole ones', () => {
    const seals = sealFiles(folder, new Map());
    assert.deepEqual(Object.keys(seals).sort(), [
      'data/events/app-1.jsonl',
      'data/events/app-2.jsonl',
      LEDGER,
      'lab.jsonl',
      'run.json',
    ]);
    assert.ok(Object.values(seals).every(({ broken, lines }) => broken === undefined && lines > 0));
  });

  it('says what a process knows of its own journal: an error, lines that are lost, a file that is gone', () => {
    const { lines } = sealFiles(folder, new Map())[LEDGER] ?? assert.fail();
    const brokenOf = (file: string, state: { lines: number; broken?: string }) =>
      sealFiles(folder, new Map([[file, state]]))[file]?.broken;
    assert.equal(brokenOf(LEDGER, { lines }), undefined);
    assert.equal(brokenOf(LEDGER, { lines, broken: 'ENOSPC' }), 'ENOSPC');
    assert.equal(brokenOf(LEDGER, { lines: lines + 2 }), '2 lines are lost');
    assert.equal(brokenOf(GONE, { lines: 5 }), '5 lines are lost');
  });

  it('does not forget that a journal was broken when another process goes on with it', () => {
    const first = new Map([[LEDGER, { lines: 3, broken: 'ENOSPC' }]]);
    const states = addStates(
      first,
      new Map([
        [LEDGER, { lines: 9 }],
        [GONE, { lines: 1 }],
      ]),
    );
    assert.deepEqual(
      [...states],
      [
        [LEDGER, { lines: 3, broken: 'ENOSPC' }],
        [GONE, { lines: 1 }],
      ],
    );
  });
});
