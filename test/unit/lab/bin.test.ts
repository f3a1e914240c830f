import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Begun, LedgerLine } from '../../../record/ledger.ts';
import { reseal } from '../../support/resealed.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const BIN = at('bin/dogpile-lab.mjs');

describe('npx dogpile-lab ends with the status of the verdict', () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** Judges the recorded run of test/fixtures once this was done to its folder. */
  function judged(spoil: (folder: string) => void) {
    const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
    folders.push(folder);
    cpSync(at('test/fixtures/lock-run'), folder, { recursive: true });
    spoil(folder);
    return lab('judge', `RUN=${folder}`);
  }

  function lab(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(BIN, args, { encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  }

  it('0: pass', () => {
    const { status, out, err } = judged(() => {});
    assert.equal(status, 0, err);
    assert.match(out, /verdict: pass/);
  });

  it('1: fail', () => {
    const { status, out, err } = judged((folder) =>
      reseal<LedgerLine>(folder, 'data/ledger.jsonl', (lines) => {
        const begun = lines.filter((line): line is Begun => line.event === 'begin' && line.key === 'hot');
        // Of the second expiry, which is judged.
        const last = begun[2] as Begun;
        const more = Array.from({ length: 5 }, (_, index) => ({ ...last, id: 900 + index }));
        return [...lines, ...more];
      }),
    );
    assert.match(out, /verdict: fail/, err);
    assert.equal(status, 1);
  });

  it('2: unknown', () => {
    const { status, out, err } = judged((folder) => rmSync(join(folder, 'facts.json')));
    assert.match(out, /evidence intact +facts\.json cannot be read/);
    assert.match(out, /verdict: unknown/, err);
    assert.equal(status, 2);
  });

  it('64: refused', () => assert.equal(lab('herd', '--trials', '9').status, 64));

  it('70: the lab itself broke', () =>
    assert.equal(
      judged((folder) => mkdirSync(join(folder, 'result.json', 'x'), { recursive: true })).status,
      70,
    ));

  it('--help: 0', () => {
    const { status, out } = lab('compare', '--help');
    assert.equal(status, 0);
    assert.match(out, /^Usage: dogpile-lab compare/);
  });
});

describe('what npx finds', () => {
  it('is the bin of package.json, on the Node of the project', () => {
    const { bin } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
    assert.equal(at(bin['dogpile-lab']), BIN);
    const { status, stdout, stderr } = spawnSync('npx', ['dogpile-lab', 'advise', '--ttl', '5s'], {
      cwd: at(''),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /TTL 5s/);
  });
});
