import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chanceOfAtLeast } from '../../../judge/statistics.ts';
import { Spans } from '../../../judge/waiting/spans.ts';

const moment = fc.integer({ min: 0, max: 200 });
const spans = fc.array(
  fc.tuple(moment, fc.integer({ min: 0, max: 30 })).map(([from, length]) => ({ from, until: from + length })),
  { maxLength: 20 },
);

describe('spans of time', () => {
  it('cover as much of a time as they do moment by moment', () =>
    fc.assert(
      fc.property(spans, moment, moment, (list, a, b) => {
        const [from, until] = [Math.min(a, b), Math.max(a, b)];
        let covered = 0;
        for (let at = from; at < until; at++)
          if (list.some((span) => span.from <= at && span.until >= at + 1)) covered += 1;
        const found = new Spans(list);
        assert.equal(found.coveredMs(from, until), covered);
        const meets = list.some((span) => span.from <= until && span.until >= from);
        assert.equal(found.meeting(from, until) !== undefined, meets);
      }),
      { numRuns: 1000 },
    ));
});

describe('the chance of at least so many successes', () => {
  it('is the sum of the binomial terms', () => {
    assert.equal(chanceOfAtLeast(0, 5, 0.3), 1);
    assert.equal(chanceOfAtLeast(6, 5, 0.3), 0);
    assert.ok(Math.abs(chanceOfAtLeast(5, 5, 0.3) - 0.3 ** 5) < 1e-12);
    assert.ok(Math.abs(chanceOfAtLeast(1, 5, 0.3) - (1 - 0.7 ** 5)) < 1e-12);
    assert.ok(Math.abs(chanceOfAtLeast(2, 3, 0.5) - 0.5) < 1e-12);
    assert.equal(chanceOfAtLeast(2, 3, 1), 1);
    assert.equal(chanceOfAtLeast(2, 3, 0), 0);
  });
});
