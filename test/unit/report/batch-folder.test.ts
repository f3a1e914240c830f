import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { type Invocation, typedCommand, valuesOf } from '../../../lab/parameters/values.ts';
import { batchIn, drawBatch, inBatch } from '../../../lab/run/recording/batch-folder.ts';
import type { Batch } from '../../../record/batch/batch.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import {
  ablateBatch,
  ablationRow,
  comparedBatch,
  faultRow,
  faultsBatch,
  leaseRow,
  leasesBatch,
  runOf,
} from '../../support/batches.ts';

const BATCHES: readonly Batch[] = [
  comparedBatch(['none', 'lock']),
  faultsBatch([faultRow(runOf('a'))]),
  ablateBatch([ablationRow(runOf('without', 'fail'), runOf('full'))]),
  leasesBatch([leaseRow('redis')]),
];

/** Makes a folder with this `batch.json`. */
function folderOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-batch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'batch.json'), text);
  return folder;
}

for (const batch of BATCHES)
  test(`what make ${batch.kind} wrote is read again as it was, and drawn from nothing else`, async (t) => {
    const folder = folderOf(t, JSON.stringify(batch));
    const read = batchIn(folder);
    assert.deepEqual(read, JSON.parse(JSON.stringify(batch)));
    assert.ok(read);
    const path = await drawBatch(folder, read);
    assert.equal(path, join(folder, 'report.html'));
    assert.deepEqual(readdirSync(folder).sort(), ['batch.json', 'junit.xml', 'report.html', 'summary.md']);
    assert.match(readFileSync(path, 'utf8'), new RegExp(`<title>make ${batch.kind}: pass`));
  });

test('the folder of a run is no batch, and neither is what is not there', () => {
  assert.equal(batchIn('test/fixtures/lock-run'), undefined);
  assert.equal(batchIn('nowhere'), undefined);
});

const [first] = BATCHES;
const REFUSED: Readonly<Record<string, string>> = {
  'no JSON': '{',
  'another schema': JSON.stringify({ ...first, schema: 2 }),
  'another kind': JSON.stringify({ ...first, kind: 'dance' }),
  'a run outside of the results': JSON.stringify(faultsBatch([faultRow(runOf('..'))])),
  'a path for a run': JSON.stringify(faultsBatch([faultRow(runOf('a/b'))])),
  'more strategies than one picture has room for': JSON.stringify(
    comparedBatch(Array.from({ length: 201 }, () => 'lock')),
  ),
  'more kinds of lock than one picture has room for': JSON.stringify(
    leasesBatch(Array.from({ length: 201 }, () => leaseRow('redis'))),
  ),
  'no time that counts as never': JSON.stringify({ ...leasesBatch([leaseRow('redis')]), neverMs: 0 }),
  'two lines for a command': JSON.stringify({ ...first, command: 'make compare\nrm' }),
};

for (const [what, text] of Object.entries(REFUSED))
  test(`a batch.json with ${what} is refused with one line`, (t) => {
    const folder = folderOf(t, text);
    assert.throws(
      () => batchIn(folder),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(
          error.message,
          /^\S+ cannot be drawn: its batch\.json is broken: [^\n]*Allowed: [^\n]*Type: make report/,
        );
        return true;
      },
    );
  });

test('a batch.json that is a link is not followed', (t) => {
  const [folder, other] = [folderOf(t, JSON.stringify(first)), folderOf(t, '{}')];
  rmSync(join(other, 'batch.json'));
  symlinkSync(join(folder, 'batch.json'), join(other, 'batch.json'));
  assert.throws(() => batchIn(other), /its batch\.json cannot be read/);
});

test('who types the command of a report has the same values, those from the environment included', () => {
  const invocationOf = (
    words: readonly string[],
    environment: Invocation['environment'] = new Map(),
  ): Invocation => {
    const line = readCommandLine(words);
    assert.ok('command' in line);
    return { ...line, environment };
  };
  const invocation = invocationOf(
    ['compare', 'STRATEGIES=lock,xfetch', '--ttl', '5s', 'BETA=1.5'],
    new Map([
      ['RUNTIME', 'local'],
      ['TTL', '9s'],
    ]),
  );
  const [make, ...words] = typedCommand(invocation).split(' ');
  assert.equal(make, 'make');
  assert.deepEqual(valuesOf(invocationOf(words)), valuesOf(invocation));
});

/** Has the test run in a folder of its own. */
function inNewFolder(t: TestContext): void {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-batches-'));
  const before = process.cwd();
  process.chdir(folder);
  t.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}

const FAULTS: Invocation = { command: 'faults', texts: new Map(), environment: new Map() };
const ended = () => {
  throw new Error('ended early');
};

test('a command that is ended before its first row leaves no folder', async (t) => {
  inNewFolder(t);
  const log = t.mock.method(console, 'log', () => {});
  await assert.rejects(inBatch(FAULTS, 2, ended), /ended early/);
  assert.equal(existsSync('results'), false);
  assert.equal(log.mock.callCount(), 0);
});

test('a command that is ended later says where the report of its rows is', async (t) => {
  inNewFolder(t);
  const log = t.mock.method(console, 'log', () => {});
  const making = inBatch(FAULTS, 2, async (batch) => {
    await batch.write({ kind: 'faults', claim: null, rows: [faultRow(runOf('a'))] });
    return ended();
  });
  await assert.rejects(making, /ended early/);
  const [, path = ''] = /^report: (\S+)$/.exec(`${log.mock.calls[0]?.arguments[0]}`) ?? [];
  assert.match(readFileSync(path, 'utf8'), /ended early: 1 of 2 rows/);
});

for (const typed of [true, false])
  test(`no file of a batch has the value of a header, ${typed ? 'typed' : 'from the environment'}`, async (t) => {
    inNewFolder(t);
    const headers = new Map([['HEADERS', 'Authorization: Bearer S3CRET; X-Tenant: 7']] as const);
    const [texts, environment] = typed ? [headers, new Map()] : [new Map(), headers];
    t.mock.method(console, 'log', () => {});
    const folder = await inBatch({ command: 'faults', texts, environment }, 1, (batch) =>
      batch.write({ kind: 'faults', claim: null, rows: [faultRow(runOf('a'))] }),
    );
    const files = readdirSync(folder);
    assert.equal(files.length, 4);
    for (const name of files) {
      const text = readFileSync(join(folder, name), 'utf8');
      assert.doesNotMatch(text, /S3CRET/, name);
      if (name !== 'junit.xml') assert.match(text, /HEADERS=.{1,5}Authorization: …; X-Tenant: …/, name);
    }
  });
