import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { openJournal } from '../../../record/files/journal.ts';
import { JournalReader } from '../../../record/files/journal-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newPath = () => join(folder, `${++made}.jsonl`);

/** A journal with these lines. */
function journalOf(...lines: object[]): string {
  const path = newPath();
  const journal = openJournal(path);
  for (const line of lines) journal.append(line);
  return path;
}

function readAll(path: string) {
  const reader = new JournalReader<{ n: unknown }>(path, 'it');
  return { lines: reader.read().map(({ n }) => n), damage: reader.damage, seal: reader.seal };
}

const three = () => journalOf({ n: 1 }, { n: 2 }, { n: 3 });
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('a journal', () => {
  it('gives back whatever was appended, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ n: fc.jsonValue() })), (lines) => {
        const { lines: read, damage } = readAll(journalOf(...lines));
        assert.equal(damage, undefined);
        assert.deepEqual(read, JSON.parse(JSON.stringify(lines.map(({ n }) => n))));
      }),
      { numRuns: 50 },
    );
  });

  it('goes on with its numbers when it is opened again', () => {
    const path = three();
    openJournal(path).append({ n: 4 });
    assert.deepEqual(readAll(path).lines, [1, 2, 3, 4]);
    assert.equal(openJournal(path).state.lines, 4);
  });

  it('cuts off what a dead process left of a line, wherever it was cut', () => {
    const whole = readFileSync(three());
    const twoLines = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let length = twoLines; length < whole.length; length++) {
      const path = newPath();
      writeFileSync(path, whole.subarray(0, length));
      openJournal(path).append({ n: 'next' });
      assert.deepEqual(readAll(path), { ...readAll(path), lines: [1, 2, 'next'], damage: undefined });
    }
  });

  it('cuts off a last line that a crash of the machine left broken', () => {
    const path = three();
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"n":3', '"n":\u0000'));
    openJournal(path).append({ n: 'next' });
    assert.deepEqual(readAll(path).lines, [1, 2, 'next']);
  });

  it('finishes a line that the kernel took in parts, and ends with a whole line when the disk is full', () => {
    const path = newPath();
    const module = fileURLToPath(new URL('../../../record/files/journal.ts', import.meta.url));
    const script = `
      import { openJournal } from ${JSON.stringify(module)};
      const codes = [];
      const journal = openJournal(${JSON.stringify(path)}, (code) => codes.push(code));
      for (let n = 1; n <= 20; n++) journal.append({ n, padding: 'x'.repeat(1000) });
      console.log(JSON.stringify({ codes, state: journal.state }));`;
    // A limit on the size of files is a full disk that every machine has.
    const limited = 'ulimit -f 8 && exec "$0" --input-type=module --eval "$1"';
    const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, script], {
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    const { codes, state } = JSON.parse(stdout);
    assert.deepEqual(codes, ['EFBIG']);
    assert.equal(state.broken, 'EFBIG');
    const { lines, damage } = readAll(path);
    assert.equal(damage, undefined);
    assert.equal(lines.length, state.lines);
    assert.ok(lines.length > 0 && lines.length < 20, `${lines.length} lines`);
    assert.ok(readFileSync(path, 'utf8').endsWith('\n'));
  });

  it('is not opened through a link, nor on anything but a file', () => {
    const link = newPath();
    symlinkSync(three(), link);
    const pipe = newPath();
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    for (const path of [link, pipe, '/dev/null'])
      assert.throws(() => openJournal(path), { code: 'ERR_DOGPILE_NOT_A_FILE' });
    for (const path of [link, pipe]) assert.throws(() => readAll(path), { code: 'ERR_DOGPILE_NOT_A_FILE' });
  });
});

describe('the reader of a journal', () => {
  it('leaves an unfinished line for later', () => {
    const path = three();
    const [first, second, third] = linesOf(path);
    writeFileSync(path, `${first}\n${second?.slice(0, 9)}`);
    const reader = new JournalReader<{ n: number }>(path);
    assert.deepEqual(reader.read(), [{ n: 1 }]);
    appendFileSync(path, `${second?.slice(9)}\n${third}\n`);
    assert.deepEqual(reader.read(), [{ n: 2 }, { n: 3 }]);
    assert.deepEqual(reader.read(), []);
  });

  it('goes on where the next process cut off an unfinished line and wrote another', () => {
    const path = three();
    const bytes = readFileSync(path).length;
    truncateSync(path, bytes - 5);
    const reader = new JournalReader<{ n: number }>(path);
    assert.equal(reader.read().length, 2);
    openJournal(path).append({ n: 4 });
    assert.deepEqual(reader.read(), [{ n: 4 }]);
    assert.equal(reader.damage, undefined);
  });

  it('finds every flipped bit', () => {
    const whole = readFileSync(three());
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const path = newPath();
      const spoiled = Buffer.from(whole);
      const byte = Math.floor(bit / 8);
      spoiled[byte] = (spoiled[byte] ?? 0) ^ (1 << (bit % 8));
      writeFileSync(path, spoiled);
      const { lines, damage } = readAll(path);
      // The last line feed: the line looks unfinished. What facts.json says of the file tells.
      assert.ok(damage !== undefined || lines.length < 3, `bit ${bit}`);
    }
  });

  it('names the line that is missing, repeated, changed or no JSON', () => {
    const [first, second, third] = linesOf(three());
    const told = (...lines: unknown[]) => {
      const path = newPath();
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
      return readAll(path).damage;
    };
    assert.equal(told(first, second, third), undefined);
    assert.equal(told(first, third), 'it: line 2 is missing');
    assert.equal(told(first, first), 'it: line 2 is missing');
    assert.equal(told(first, second?.replace('"n":2', '"n":7')), 'it: line 2 does not match its checksum');
    assert.equal(told(first, 'what?'), 'it: line 2 is not JSON');
    assert.equal(told('x'.repeat(2 << 20)), 'it: line 1 is too long');
  });
});
