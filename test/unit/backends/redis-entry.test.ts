import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryFrom, fillFrom, foundIn } from '../../../backends/redis/entry.ts';
import { isFresh } from '../../../strategies/contract/index.ts';

const FIELDS = ['{"a":1}', '7', '1700000000000', '12.5', '1700000000123', '1000'] as const;
const withTtl = (ttlMs: number) => entryFrom<{ a: number }>([ttlMs, ...FIELDS]);

test('an entry is told with the time it has left, soft and hard', () => {
  assert.deepEqual(withTtl(1500), {
    value: { a: 1 },
    version: 7,
    computedWallMs: 1_700_000_000_000,
    recomputeMs: 12.5,
    fence: 1_700_000_000_123,
    softTtlMs: 500,
    hardTtlMs: 1500,
  });
});

test('within its grace an entry is there, and stale', () => {
  for (const ttlMs of [1000, 999, 1]) assert.equal(isFresh(withTtl(ttlMs)), false, `${ttlMs} ms`);
  assert.equal(isFresh(withTtl(1001)), true);
});

test('an entry in its last millisecond is gone, not everlasting', () => {
  assert.equal(withTtl(0), undefined);
});

test('no entry (-2) is none, and one without a time to live (-1) is not trusted', () => {
  assert.equal(entryFrom([-2, null, null, null, null, null, null]), undefined);
  assert.equal(withTtl(-2), undefined);
  assert.equal(withTtl(-1), undefined);
});

test('what is no entry is unreadable, and nothing is served of it', () => {
  const spoiled = [
    ['no JSON', '{"a":'],
    ['no value', null],
    ['no version', FIELDS[0], null],
    ['no number', FIELDS[0], 'seven'],
    ['a negative number', FIELDS[0], '-7'],
    ['an empty field', FIELDS[0], ''],
  ] as const;
  for (const [name, value, version = FIELDS[1]] of spoiled) {
    const reply = [1500, value, version, ...FIELDS.slice(2)];
    assert.equal(foundIn(reply), 'unreadable', name);
    assert.equal(entryFrom(reply), undefined, name);
  }
  assert.equal(foundIn([-3, null, null, null, null, null, null]), 'unreadable');
  assert.equal(foundIn([-2, null, null, null, null, null, null]), 'nothing');
});

test('a value may be anything that JSON can say, null and false too', () => {
  for (const value of [null, false, 0, '', 'käse "\u2028" 🧀', [1, [2]], { deep: { er: [] } }])
    assert.deepEqual(entryFrom([10, JSON.stringify(value), ...FIELDS.slice(1)])?.value, value);
});

const MESSAGE = {
  value: '"v"',
  version: '7',
  computedAt: '1',
  recomputeMs: '2',
  fence: '3',
  ttlMs: '100',
  graceMs: '50',
  at: ['1', '2000'],
};

test('a published fill tells its entry, with its whole time before it, and when that was', () => {
  assert.deepEqual(fillFrom(JSON.stringify(MESSAGE)), {
    fence: 3,
    atStoreMs: 1002,
    entry: {
      value: 'v',
      version: 7,
      computedWallMs: 1,
      recomputeMs: 2,
      fence: 3,
      softTtlMs: 100,
      hardTtlMs: 150,
    },
  });
});

test('a published fill without its value tells its fence, and when it was', () => {
  const { fence, at } = MESSAGE;
  assert.deepEqual(fillFrom(JSON.stringify({ fence, at })), { fence: 3, atStoreMs: 1002, entry: undefined });
});

test('a message that a lease has ended is no fill', () => {
  assert.equal(fillFrom('{"released":true}'), undefined);
});

test('a message that is not ours is no fill, and does no harm', () => {
  const { at: _, ...undated } = MESSAGE;
  const spoiled = [{ ...MESSAGE, value: 'no JSON' }, undated, { at: MESSAGE.at }, { ...MESSAGE, at: 'x' }];
  for (const message of ['', 'garbage', 'null', '7', ...spoiled.map((fields) => JSON.stringify(fields))])
    assert.equal(fillFrom(message), undefined, message);
});
