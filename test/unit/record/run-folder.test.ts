import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readRunFolder } from '../../../record/files/read-run.ts';
import { createFolder, linkLatest, writeResult } from '../../../record/files/run-folder.ts';
import { runEventSchema } from '../../../record/line-schemas.ts';
import { reseal } from '../../support/resealed.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/lock-run', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'dogpile-'));
after(() => rmSync(place, { recursive: true, force: true }));

let copies = 0;
/** A copy of a good run's folder, spoiled. */
function spoiled(spoil: (folder: string) => void): string {
  const folder = join(place, `${++copies}`);
  cpSync(FIXTURE, folder, { recursive: true });
  spoil(folder);
  return folder;
}

/** Everything that is wrong with a run's folder; its history is read to the end. */
function damageOf(folder: string): readonly string[] {
  const { damage = [], arrivals } = readRunFolder(folder);
  const { length } = [...arrivals];
  assert.ok(length >= 0);
  const own = (arrivals as { readonly damage?: string }).damage;
  return own === undefined ? damage : [...damage, own];
}

const edit = (folder: string, file: string, change: (text: string) => string) =>
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));

const dropLine = (text: string) => text.split('\n').toSpliced(2, 1).join('\n');

describe("a run's folder", () => {
  it('is whole as it was recorded', () => assert.deepEqual(damageOf(FIXTURE), []));

  for (const file of ['data/ledger.jsonl', 'data/events/app-1.jsonl', 'lab.jsonl', 'history.jsonl']) {
    it(`names ${file} when a byte is flipped, a line is missing or more, or all of it`, () => {
      const ways: ((folder: string) => void)[] = [
        (folder) =>
          edit(folder, file, (text) => text.replace(/\d(?=[^\d]*$)/, (digit) => `${9 - Number(digit)}`)),
        (folder) => edit(folder, file, dropLine),
        (folder) => edit(folder, file, (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)),
        (folder) => appendFileSync(join(folder, file), 'more\n'),
        (folder) => writeFileSync(join(folder, file), ''),
        (folder) => rmSync(join(folder, file)),
        (folder) => {
          rmSync(join(folder, file));
          symlinkSync(join(FIXTURE, file), join(folder, file));
        },
        (folder) => {
          rmSync(join(folder, file));
          assert.equal(spawnSync('mkfifo', [join(folder, file)]).status, 0);
        },
      ];
      for (const way of ways) {
        const damage = damageOf(spoiled(way));
        assert.ok(damage.length > 0 && damage[0]?.includes(file), `${way}: ${damage}`);
      }
    });
  }

  it('names a journal that facts.json does not know', () => {
    const folder = spoiled((folder) =>
      cpSync(join(folder, 'data/events/app-1.jsonl'), join(folder, 'data/events/app-9.jsonl')),
    );
    assert.deepEqual(damageOf(folder), ['data/events/app-9.jsonl is not in facts.json']);
  });

  it('names a run.json that was changed, though it is well formed', () => {
    const folder = spoiled((folder) =>
      edit(folder, 'run.json', (text) => text.replace(/"seed": \d+/, '"seed": 77')),
    );
    assert.deepEqual(damageOf(folder), ['run.json differs from its digest in facts.json']);
  });

  it('names a journal of a member that was not there when the run was sealed', () => {
    const file = 'data/events/app-2.jsonl';
    const folder = spoiled((folder) => {
      rmSync(join(folder, file));
      edit(folder, 'facts.json', (text) => {
        const { [file]: _, ...files } = JSON.parse(text).files;
        return JSON.stringify({ ...JSON.parse(text), files });
      });
    });
    assert.deepEqual(damageOf(folder), [`${file} has no lines`]);
  });

  it('names a request of another time', () => {
    const folder = spoiled((folder) =>
      edit(folder, 'history.jsonl', (text) => text.replace(/"dueAt":[\d.]+/, '"dueAt":1')),
    );
    assert.match(damageOf(folder).join(), /^history\.jsonl: line 1 is not of the time of the run$/);
  });

  it('names a history that facts.json does not seal', () => {
    const folder = spoiled((folder) =>
      edit(folder, 'facts.json', (text) => {
        const { 'history.jsonl': _, ...files } = JSON.parse(text).files;
        return JSON.stringify({ ...JSON.parse(text), files });
      }),
    );
    assert.deepEqual(damageOf(folder), ['history.jsonl is not in facts.json']);
  });

  it('does not follow a link to a folder of events', () => {
    const folder = spoiled((folder) => {
      rmSync(join(folder, 'data/events'), { recursive: true });
      symlinkSync(join(FIXTURE, 'data/events'), join(folder, 'data/events'));
    });
    assert.match(damageOf(folder).join(), /data\/events is missing/);
  });

  it('says that a run without facts.json was cut short, and what is wrong with a broken one', () => {
    const cut = spoiled((folder) => rmSync(join(folder, 'facts.json')));
    assert.match(damageOf(cut)[0] ?? '', /^facts\.json cannot be read: the run was cut short$/);
    const changed = (from: string | RegExp, to: string) =>
      damageOf(spoiled((folder) => edit(folder, 'facts.json', (text) => text.replace(from, to))))[0] ?? '';
    assert.match(
      changed(/"scheduled": \d+/, '"scheduled": 1e999'),
      /^facts\.json is broken: herd\.scheduled/,
    );
    assert.match(changed(/"scheduled": \d+/, '"scheduled": -1'), /^facts\.json is broken: herd\.scheduled/);
    assert.match(changed('{', ''), /^facts\.json is broken: it is not JSON$/);
  });

  it('is refused without a run.json of its format', () => {
    const refused = (spoil: (folder: string) => void, why: RegExp) =>
      assert.throws(() => readRunFolder(spoiled(spoil)), { code: 'ERR_DOGPILE_NO_RUN', message: why });
    refused((folder) => rmSync(join(folder, 'run.json')), /^it has no run\.json that can be read$/);
    refused((folder) => edit(folder, 'run.json', () => 'x'), /format 2/);
    refused(
      (folder) => edit(folder, 'run.json', (text) => text.replace('"format": 2', '"format": 3')),
      /format 2/,
    );
    refused(
      (folder) => edit(folder, 'run.json', (text) => text.replace(/"ttlMs": \d+/, '"ttlMs": "\\u001b[2J"')),
      /settings\.ttlMs/,
    );
    refused(
      (folder) =>
        edit(folder, 'run.json', (text) => text.replace('"strategy": "lock"', '"strategy": "\\u001b[2J"')),
      /settings\.strategy/,
    );
    assert.throws(() => readRunFolder(join(place, 'nowhere')), { code: 'ERR_DOGPILE_NO_RUN' });
  });

  it('is written next to a link of the same name, never through it', async () => {
    const elsewhere = join(place, 'elsewhere');
    writeFileSync(elsewhere, 'mine');
    const folder = spoiled((folder) => symlinkSync(elsewhere, join(folder, 'result.json')));
    await writeResult(folder, { schema: 1 });
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine');
    assert.ok(lstatSync(join(folder, 'result.json')).isFile());
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

describe('a line of a journal', () => {
  it('may name whatever a fault hits', () => {
    const fault = { event: 'fault', at: 1, by: 'lab', fault: 'scale-out', phase: 'planned' };
    for (const victim of ['app-1', 'every replica', 'the fleet', 'pub/sub connections', 'lock-1 lock-2'])
      assert.ok(runEventSchema.safeParse({ ...fault, victim }).success, victim);
    assert.ok(!runEventSchema.safeParse({ ...fault, victim: '' }).success);
  });

  for (const [file, change] of [
    ['data/ledger.jsonl', { id: -1 }],
    ['data/ledger.jsonl', { at: '1' }],
    ['data/ledger.jsonl', { event: 'fin' }],
    ['data/events/app-1.jsonl', { by: '\u001b[2J' }],
    ['data/events/app-1.jsonl', { event: '__proto__' }],
    ['lab.jsonl', { aheadMs: 1e300 }],
    ['data/ledger.jsonl', { at: 1e14 }],
  ] as const)
    it(`of ${file} with ${JSON.stringify(change)} is named, though it is sealed`, () => {
      const folder = spoiled((folder) =>
        reseal<object>(folder, file, ([first, ...others]) => [{ ...first, ...change }, ...others]),
      );
      assert.deepEqual(damageOf(folder), [`${file}: line 1 is not what belongs there`]);
    });
});

describe('the folder of results', () => {
  it('gives two runs of one name two folders', async () => {
    const results = join(place, 'results');
    const names = await Promise.all(Array.from({ length: 8 }, () => createFolder(results, 'run')));
    assert.deepEqual(names.sort(), ['run', ...[2, 3, 4, 5, 6, 7, 8].map((number) => `run-${number}`)]);
  });

  it('always has a latest run once it had one', async () => {
    const results = join(place, 'latest');
    for (const name of ['a', 'b']) await createFolder(results, name);
    await linkLatest(results, 'a');
    const links = Array.from({ length: 20 }, (_, round) => linkLatest(results, round % 2 ? 'a' : 'b'));
    assert.match(readlinkSync(join(results, 'latest')), /^[ab]$/);
    await Promise.allSettled(links);
    assert.match(readlinkSync(join(results, 'latest')), /^[ab]$/);
  });
});
