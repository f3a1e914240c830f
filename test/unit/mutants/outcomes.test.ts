import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunRecord, Verdict } from '../../../record/result.ts';
import { type Expected, markdownOf, outcomeOf, tableOf } from '../../../report/mutants.ts';

const MUST_FAIL: Expected = { mustFail: ['fencing order'] };
const MAY_DOUBT: Expected = { mustFail: [], mayDoubt: ['fencing order'] };

/** A run of lock with these verdicts of two checks. */
function run(
  mutant: string | undefined,
  fencing: Verdict,
  waits: Verdict,
  expected: Expected = MUST_FAIL,
  attempts = 1,
) {
  const verdicts = [fencing, waits];
  const verdict = ['fail', 'unknown', 'pass'].find((one) => verdicts.includes(one as Verdict));
  const checks = [
    { name: 'fencing order', verdict: fencing, detail: '4 accepted' },
    { name: 'bounded waits', verdict: waits, detail: 'longest 9 ms' },
  ];
  const record = { strategy: 'lock', verdict, checks } as unknown as RunRecord;
  return outcomeOf({ mutant, expected, record, seconds: 9.4, attempts });
}

describe('a mutant', () => {
  const cases: readonly [string, Verdict, Verdict, string, number][] = [
    ['is killed by its own check', 'fail', 'pass', 'killed', 0],
    ['survives if no check fails', 'pass', 'pass', 'survived', 1],
    ['survives if only another check fails', 'pass', 'fail', 'survived', 1],
    ['is unknown if its run is', 'unknown', 'pass', 'unknown', 2],
    ['is killed even if another check is unknown', 'fail', 'unknown', 'killed', 0],
  ];
  for (const [what, fencing, waits, word, status] of cases)
    it(what, () => {
      const outcome = run('wrong', fencing, waits);
      assert.deepEqual([outcome.word, outcome.status], [word, status]);
    });
});

describe('a mutant that spoils the record', () => {
  it('is killed by a check that is unknown', () =>
    assert.equal(run('wrong', 'unknown', 'pass', MAY_DOUBT).word, 'killed'));

  it('survives if that check passes', () =>
    assert.equal(run('wrong', 'pass', 'pass', MAY_DOUBT).word, 'survived'));

  it('is unknown if only another check is', () =>
    assert.equal(run('wrong', 'pass', 'unknown', MAY_DOUBT).word, 'unknown'));
});

describe('the unchanged strategy', () => {
  const cases: readonly [string, Verdict, Verdict, string, number][] = [
    ['passes', 'pass', 'pass', 'pass', 0],
    ['passes if only a check that killed nobody is unknown', 'pass', 'unknown', 'pass', 0],
    ['fails if any check fails', 'pass', 'fail', 'fail', 1],
    ['is unknown if a check that killed a mutant is', 'unknown', 'pass', 'unknown', 2],
  ];
  for (const [what, fencing, waits, word, status] of cases)
    it(what, () => {
      const outcome = run(undefined, fencing, waits);
      assert.deepEqual([outcome.word, outcome.status], [word, status]);
    });
});

describe('the table', () => {
  const table = tableOf([run('wrong', 'fail', 'pass'), run(undefined, 'pass', 'pass')]);
  it('has a line for each run, and the check that saw it', () => {
    assert.match(table, /^wrong +killed +9 {2}fencing order: 4 accepted$/m);
    assert.match(table, /^unchanged +pass +9 {2}lock: fencing order$/m);
  });
  it('counts them, in 80 columns', () => {
    assert.match(table, /1 killed, 0 survived; unchanged: 1 passed, 0 failed; 0 unknown/);
    for (const line of table.split('\n')) assert.ok(line.length <= 80, line);
  });
  it('has a column of attempts where a run was repeated, and counts the earlier ones as unknown', () => {
    assert.doesNotMatch(table, /attempts/);
    const outcomes = [run('wrong', 'fail', 'pass', MUST_FAIL, 3), run(undefined, 'pass', 'pass')];
    assert.match(tableOf(outcomes), /^wrong +killed +9 +3 {2}fencing order/m);
    assert.match(tableOf(outcomes), /^4 runs judged\n.*1 passed, 0 failed; 2 unknown$/m);
    assert.match(markdownOf(outcomes), /\| seconds \| attempts \| seen by \|[\s\S]*\| 9 \| 3 \| fencing/);
    for (const line of tableOf(outcomes).split('\n')) assert.ok(line.length <= 80, line);
  });
});
