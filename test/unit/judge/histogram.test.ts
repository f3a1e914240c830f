import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Histogram } from '../../../judge/histogram.ts';

/** Durations in ms, from a microsecond to a day, and more of the short ones. */
const durations = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 5, noNaN: true }),
    fc.double({ min: 0, max: 10_000, noNaN: true }),
    fc.double({ min: 0, max: 86_400_000, noNaN: true }),
  ),
  { minLength: 1, maxLength: 300 },
);
const share = fc.constantFrom(0.001, 0.5, 0.9, 0.99, 0.999, 1);

const histogramOf = (times: readonly number[]) => {
  const histogram = new Histogram();
  for (const ms of times) histogram.record(ms);
  return histogram;
};
/** The nearest rank, of all the durations. */
const exactly = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
};
const isNear = (found: number, exact: number) => Math.abs(found - exact) <= Math.max(0.001, exact * 0.001);

describe('the histogram', () => {
  it('gives every percentile within 0.1 % or a microsecond, and the maximum exactly', () =>
    fc.assert(
      fc.property(durations, share, (times, share) => {
        const histogram = histogramOf(times);
        assert.ok(isNear(histogram.atShare(share), exactly(times, share)));
        assert.equal(histogram.maxMs, Math.max(...times));
        assert.equal(histogram.count, times.length);
      }),
      { numRuns: 1000 },
    ));

  it('gives for the sum of two what it gives for all their durations', () =>
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const sum = histogramOf(some);
        sum.add(histogramOf(others));
        assert.deepEqual(sum.percentiles(), histogramOf([...some, ...others]).percentiles());
      }),
    ));

  it('counts those that are longer than a duration', () =>
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 10_000, noNaN: true }), (times, ms) => {
        const found = histogramOf(times).countAbove(ms);
        // It may err for those as long as the duration, within its precision.
        const near = Math.max(0.001, ms * 0.001);
        assert.ok(found >= times.filter((time) => time > ms + near).length);
        assert.ok(found <= times.filter((time) => time > ms - near).length);
      }),
      { numRuns: 1000 },
    ));

  it('counts one duration many times as it counts it many times over', () => {
    const histogram = new Histogram();
    histogram.record(40, 3);
    histogram.record(7, 0);
    assert.deepEqual(histogram.percentiles(), histogramOf([40, 40, 40]).percentiles());
    assert.equal(histogram.count, 3);
  });

  it('counts a negative duration as 0, and survives one beyond all bounds', () => {
    const histogram = histogramOf([-5, -5, Number.MAX_VALUE]);
    assert.equal(histogram.atShare(0.5), 0);
    assert.equal(histogram.maxMs, Number.MAX_VALUE);
  });

  it('has no percentiles of nothing', () => assert.equal(new Histogram().percentiles(), null));
});
