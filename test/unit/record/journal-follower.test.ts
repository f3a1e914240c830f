import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { JournalFollower } from '../../../record/files/journal-follower.ts';
import { sealLine } from '../../../record/files/journal-line.ts';

describe('a journal that is followed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-follow-'));
  const path = join(folder, 'journal.jsonl');
  after(() => rmSync(folder, { recursive: true }));
  const line = (seq: number) => `${sealLine(seq, { n: seq })}\n`;
  beforeEach(() => writeFileSync(path, line(1) + line(2)));

  it('gives what is added, whole lines only', () => {
    const follower = new JournalFollower(path);
    assert.deepEqual(follower.read(), []);
    appendFileSync(path, line(3) + line(4).slice(0, 9));
    assert.deepEqual(follower.read(), [{ n: 3 }]);
    appendFileSync(path, line(4).slice(9));
    assert.deepEqual(follower.read(), [{ n: 4 }]);
    assert.deepEqual(follower.read(), []);
  });

  it('leaves out the line that was under way when it began, and what is damaged', () => {
    appendFileSync(path, line(3).slice(0, 9));
    const follower = new JournalFollower(path);
    appendFileSync(path, `${line(3).slice(9)}{"seq":4,"n":4,"crc":"00000000"}\n${line(5)}`);
    assert.deepEqual(follower.read(), [{ n: 5 }]);
  });

  it('goes on when the journal begins anew, and when it comes only later', () => {
    const follower = new JournalFollower(path);
    truncateSync(path);
    appendFileSync(path, line(1));
    assert.deepEqual(follower.read(), [{ n: 1 }]);
    rmSync(path);
    assert.deepEqual(new JournalFollower(path).read(), []);
    const early = new JournalFollower(path);
    writeFileSync(path, line(1));
    assert.deepEqual(early.read(), [{ n: 1 }]);
  });

  it('is read from its beginning if that is wanted', () =>
    assert.deepEqual(new JournalFollower(path, 'beginning').read(), [{ n: 1 }, { n: 2 }]));
});
