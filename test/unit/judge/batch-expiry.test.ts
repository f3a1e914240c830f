import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expectedPeak, judgeBatch, perBar, secondRecomputeDelaysMs } from '../../../judge/batch.ts';
import type { LedgerLine } from '../../../record/ledger.ts';

let id = 0;
/** A recompute as the ledger has it: begun at the one time, ended at the other. */
const recompute = (key: string, version: number, at: number, endedAt: number): LedgerLine[] => {
  id += 1;
  return [
    { event: 'begin', id, key, version, by: 'app-1', arrivedAt: at, at },
    { event: 'end', id, at: endedAt, ending: 'ok' },
  ];
};

const even = (count: number, fromMs: number, toMs: number) =>
  Array.from({ length: count }, (_, index) => fromMs + (index * (toMs - fromMs)) / count);

describe('the judge of a batch', () => {
  it('takes for each key the time from the end of its fill to its next recompute', () => {
    const ledger = [
      ...recompute('warm-up', 1, 0, 10),
      ...recompute('a', 1, 100, 300),
      ...recompute('b', 1, 110, 310),
      ...recompute('a', 2, 3350, 3550),
      ...recompute('a', 3, 6600, 6800),
    ];
    assert.deepEqual(secondRecomputeDelaysMs(ledger, ['a', 'b', 'c']), [3050]);
  });

  it('counts from the first bin that has any', () => {
    assert.deepEqual(perBar([3050, 3190, 2999, 3199]), { fromMs: 2900, counts: [1, 1, 2] });
  });

  it('expects a batch spread over 2·jitter·TTL, or over the time in which each key is asked for', () => {
    const settings = { ttlMs: 3000, ratePerSecond: 1000, ttlJitter: 0.1 };
    assert.equal(expectedPeak(settings, 300), 50);
    assert.equal(expectedPeak({ ...settings, ttlJitter: 0 }, 300), 100);
    assert.equal(expectedPeak({ ...settings, ttlJitter: 0, ratePerSecond: 5000 }, 300), 300);
  });

  const settings = { ttlMs: 3000, ratePerSecond: 1000, ttlJitter: 0.1 };
  const together = even(200, 3000, 3200);

  it('passes a batch that jitter has spread', () => {
    assert.equal(judgeBatch(settings, 200, together, even(200, 2700, 3300)).verdict, 'pass');
  });

  it('fails a jitter that spreads nothing', () => {
    assert.equal(judgeBatch(settings, 200, together, together).verdict, 'fail');
  });

  it('does not know when the batch was not due together without it, or some key was never asked for again', () => {
    const scattered = even(200, 3000, 3600);
    assert.equal(judgeBatch(settings, 200, scattered, scattered).verdict, 'unknown');
    assert.equal(judgeBatch(settings, 200, together.slice(1), scattered).verdict, 'unknown');
    assert.equal(judgeBatch(settings, 200, together, scattered.slice(1)).verdict, 'unknown');
  });
});
