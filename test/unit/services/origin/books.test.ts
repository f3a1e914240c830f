import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Expiries } from '../../../../services/origin/expiries.ts';
import { Ledger } from '../../../../services/origin/ledger.ts';
import { RecentKeys } from '../../../../strategies/shared/bounded/recent-keys.ts';

const MOST = 100;

test('of a flood of keys the last are remembered, and what is dropped is told', () => {
  const dropped: number[] = [];
  const recent = new RecentKeys<number>(MOST, (value) => dropped.push(value));
  for (let key = 0; key < MOST; key++) recent.set(`k${key}`, key);
  recent.set('k0', 1000);
  recent.set('one more', 1001);
  assert.deepEqual(dropped, [1]);
  assert.deepEqual([recent.get('k0'), recent.get('k1'), recent.get('k2')], [1000, undefined, 2]);
  recent.delete('k2');
  recent.set('another', 1002);
  assert.deepEqual(dropped, [1]);
});

test('the origin remembers the versions of so many keys, and those of every key rise all the same', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'ledger.jsonl');
  const newest = new Map<string, number>();
  const ask = (ledger: Ledger, key: string) => {
    const { version } = ledger.begin({ key, by: 'app-1', arrivedAt: 1 });
    assert.ok(version > (newest.get(key) ?? 0), `${key}: ${version} after ${newest.get(key)}`);
    newest.set(key, version);
  };
  const ledger = new Ledger(path, () => {}, MOST);
  for (let time = 0; time < 3; time++) ask(ledger, 'early');
  for (let key = 0; key < 3 * MOST; key++) ask(ledger, `k${key}`);
  for (let key = 3 * MOST - 1; key >= 0; key -= 7) ask(ledger, `k${key}`);
  ask(ledger, 'early');
  // The next process reads the same ledger, under the same bound.
  const next = new Ledger(path, () => {}, MOST);
  for (const key of newest.keys()) ask(next, key);
});

test('while the keys are fewer, each version is one more than the last', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const ledger = new Ledger(join(folder, 'ledger.jsonl'), () => {}, MOST);
  for (let version = 1; version <= 3; version++)
    for (let key = 0; key < MOST; key++)
      assert.equal(ledger.begin({ key: `k${key}`, by: 'app-1', arrivedAt: 1 }).version, version);
});

test('the charts count the expiries of the keys that were asked for last', () => {
  const expiries = new Expiries();
  const count = (key: string) =>
    expiries.countRecompute({
      event: 'begin',
      id: 1,
      key,
      version: 1,
      by: 'app-1',
      replaces: 0,
      arrivedAt: 1,
      at: 1,
    });
  assert.deepEqual([count('k'), count('k')], [1, 2]);
  for (let key = 0; key < 10_000; key++) count(`other${key}`);
  assert.equal(count('k'), 1);
});
