import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../judge/index.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { herdWordsOf, STEPS } from '../../../lab/tour/steps.ts';
import type { RunRecord } from '../../../record/result.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const { record } = judge(await recordedRun('lock-run'));
const withMean = (mean: number): RunRecord => ({
  ...record,
  origin: { ...record.origin, perExpiry: { mean, max: Math.ceil(mean) } },
});

test('the lab accepts what each step types', () => {
  for (const step of STEPS) {
    const settings = settingsFrom(valuesFrom('herd', herdWordsOf(step)));
    assert.ok(step.run.join(' ').includes(settings.fault ?? settings.strategy), step.title);
  }
});

test('of the answers to a question, a run bears out one at most', () => {
  const requests = { ...record.requests, timeout: 7 };
  const fencing = { accepted: 6, rejected: 1 };
  const runs = [1, 2.3, 4, 190].flatMap((mean) => [
    withMean(mean),
    { ...withMean(mean), requests },
    { ...withMean(mean), fencing },
  ]);
  for (const step of STEPS)
    for (const run of runs) {
      const happened = step.choices.filter((choice) => choice.happened(run));
      assert.ok(happened.length <= 1, `${step.title}: ${happened.map(({ text }) => text)}`);
    }
});

test('every answer that can be given is borne out by some run', () => {
  const [none, single, lock, kill, freeze] = STEPS;
  const answer = (step: (typeof STEPS)[number] | undefined, run: RunRecord) =>
    step?.choices.findIndex((choice) => choice.happened(run));
  assert.deepEqual(
    [answer(none, withMean(190)), answer(single, withMean(4)), answer(lock, withMean(1))],
    [2, 1, 0],
  );
  assert.equal(answer(kill, { ...withMean(2), requests: { ...record.requests, timeout: 1 } }), 0);
  assert.deepEqual([answer(kill, withMean(2)), answer(kill, withMean(9))], [1, 2]);
  assert.equal(answer(freeze, { ...record, fencing: { accepted: 6, rejected: 0 } }), 0);
  assert.equal(answer(freeze, { ...record, fencing: { accepted: 6, rejected: 1 } }), 1);
});

test('each lesson gives the run’s own figures', () => {
  for (const step of STEPS) assert.match(step.lesson(withMean(4)), /\d/);
});
