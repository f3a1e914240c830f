import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { exactInterval, lowerBound, upperBound } from '../../../judge/exact-bounds.ts';
import { percent, tallyOf } from '../../../report/tally.ts';

const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 5e-5, `${value}`);

describe('exact bounds of a share', () => {
  it('are 1 − α^(1/n) where nothing was seen, and the opposite where it was seen always', () => {
    for (const trials of [1, 4, 12, 100, 1000]) {
      near(upperBound(0, trials), 1 - 0.05 ** (1 / trials));
      near(lowerBound(trials, trials), 0.05 ** (1 / trials));
    }
    assert.deepEqual(exactInterval(0, 7)[0], 0);
    assert.deepEqual(exactInterval(7, 7)[1], 1);
  });

  it('are those of the tables', () => {
    // R: binom.test(2, 20), binom.test(5, 10).
    const [low, high] = exactInterval(2, 20);
    near(low, 0.0123485);
    near(high, 0.3169827);
    const [lowHalf, highHalf] = exactInterval(5, 10);
    near(lowHalf, 0.187086);
    near(highHalf, 0.812914);
  });
});

describe('the tally of repeated runs', () => {
  it('says what share may still fail if all passed', () =>
    assert.match(
      tallyOf(Array(20).fill('pass')),
      /^20 pass, 0 fail, 0 unknown\n20 of 20 judged passed: at most 14 % would fail/,
    ));

  it('says both bounds if some failed, and counts no unknown run as judged', () =>
    assert.match(
      tallyOf([...Array(18).fill('pass'), 'fail', 'fail', 'unknown']),
      /^18 pass, 2 fail, 1 unknown\n2 of 20 judged failed: 1 % to 32 % would fail/,
    ));

  it('says nothing of failures if every run is unknown', () =>
    assert.match(tallyOf(['unknown', 'unknown']), /no run was judged/));
});

describe('what the pages say of counts', () => {
  /** Each page, the words around a share, and of how many expiries it speaks. */
  const said: readonly (readonly [page: string, words: RegExp, expiries: number])[] = [
    ['README.md', /more than (\d+ %) of all expiries have a second/, 12],
    ['README.md', /second recompute: at (\d+ %), 12 in a row/, 12],
    ['docs/proof.md', /a second recompute in up to (\d+ %)/, 12],
    ['docs/strategies.md', /for a second one in up to (\d+ %)/, 12],
    ['docs/strategies.md', /EXPIRIES=100` narrows that to (\d+ %)/, 100],
    ['docs/concepts.md', /even if (\d+ %) of all expiries had one, four/, 4],
    ['docs/concepts.md', /After ten expiries that share is (\d+ %)/, 10],
    ['docs/concepts.md', /after a hundred (\d+ %)/, 100],
    ['docs/judging.md', /(\d+ %) for 10 expiries/, 10],
    ['docs/judging.md', /(\d+ %) for 12/, 12],
    ['docs/judging.md', /(\d+ %) for 100/, 100],
  ];

  for (const [page, words, expiries] of said)
    it(`${page} has the exact bound for ${expiries}`, () => {
      const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8').replace(/\s+/g, ' ');
      assert.equal(words.exec(text)?.[1], percent(upperBound(0, expiries)), `${words}`);
    });
});
