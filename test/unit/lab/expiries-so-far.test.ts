import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiriesSoFar } from '../../../faults/support/striking/expiries-so-far.ts';
import { fillsOf } from '../../../faults/support/striking/warm.ts';
import type { LedgerLine, RecomputeEnding } from '../../../record/ledger.ts';

const SETTINGS = { key: 'hot', ttlMs: 1000 };

type Recompute = readonly [at: number, ending?: RecomputeEnding, key?: string];

/** Makes a ledger of recomputes that take 200 ms. */
function ledgerOf(recomputes: readonly Recompute[]): LedgerLine[] {
  const lines = recomputes.flatMap(([at, ending, key = 'hot'], index): LedgerLine[] => {
    const begun = { event: 'begin', id: index, key, version: index + 1, by: 'a', arrivedAt: at, at } as const;
    return ending ? [begun, { event: 'end', id: index, at: at + 200, ending }] : [begun];
  });
  return lines.sort((a, b) => a.at - b.at);
}

const countsOf = (...recomputes: readonly Recompute[]): number[] =>
  expiriesSoFar(ledgerOf(recomputes), SETTINGS).map((expiry) => expiry.recomputes.length);

test('the first fill is no expiry, nor is one that was not filled', () => {
  assert.deepEqual(countsOf(), []);
  assert.deepEqual(countsOf([0, 'ok'], [1, 'ok']), []);
  assert.deepEqual(countsOf([0, 'ok'], [1300], [1400, 'error']), []);
});

test('all recomputes until half a TTL after the fill belong to one expiry', () => {
  assert.deepEqual(
    countsOf([0, 'ok'], [1300, 'ok'], [1310, 'ok'], [1490, 'error'], [1900, 'ok'], [2700, 'ok']),
    [4, 1],
  );
});

test('a recompute that died and the one that took over are one expiry', () => {
  assert.deepEqual(countsOf([0, 'ok'], [1300, 'aborted'], [3000, 'ok'], [4300, 'ok']), [2, 1]);
});

test('other keys do not count', () => {
  assert.deepEqual(countsOf([0, 'ok'], [700, 'ok', 'warm-up'], [1300, 'ok']), [1]);
});

test('a key is not warm by the values of replicas that are each on their own', () => {
  const ledger = ledgerOf([0, 1, 2, 3, 1300, 1301, 1302, 1303].map((at) => [at, 'ok']));
  const settings = { ...SETTINGS, app: 'node service.js' };
  assert.equal(fillsOf({ journals: { ledger }, settings } as never), 1);
});
