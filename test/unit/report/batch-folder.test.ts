import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { type Invocation, typedCommand, valuesOf } from '../../../lab/parameters/values.ts';
import { batchIn, drawBatch } from '../../../lab/run/recording/batch-folder.ts';
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
