import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimFrom } from '../../../../judge/foreign/claim.ts';
import { judge } from '../../../../judge/index.ts';
import { parsePromises } from '../../../../record/foreign/promises.ts';
import { asForeign } from '../../../support/as-foreign.ts';
import { recordedRun } from '../../../support/recorded-run.ts';

const run = await recordedRun('single-flight-run');
const workload = run.facts.settings;

const verdictOn = (check: string, claim: string) =>
  judge(asForeign(run, claim)).record.checks.find(({ name }) => name === check)?.verdict;

test('what is not promised has no bound', () => {
  const claim = claimFrom(parsePromises(null));
  assert.deepEqual(claim.recomputesPerExpiry(workload), {
    mean: [0, Number.POSITIVE_INFINITY],
    max: undefined,
  });
  assert.equal(claim.maxStaleMs(workload), Number.POSITIVE_INFINITY);
  assert.equal(claim.monotonic, false);
  assert.equal(claim.waits, 'everyone');
  for (const inside of ['fenced', 'oneWaiterPerReplica', 'woken'] as const)
    assert.equal(claim[inside], false);
});

test('recomputes<=N is the most of each expiry, and of the cold start', () => {
  assert.equal(verdictOn('recomputes per expiry', 'recomputes<=4'), 'pass');
  assert.equal(verdictOn('recomputes per expiry', 'recomputes<=3'), 'fail');
});

test('mean<=X is about the mean only', () => {
  assert.equal(verdictOn('recomputes per expiry', 'mean<=4'), 'pass');
  assert.equal(verdictOn('recomputes per expiry', 'mean<=3.9'), 'fail');
  assert.equal(verdictOn('recomputes per expiry', 'mean<=3.9 recomputes<=9'), 'fail');
});

test('the herd may queue at the origin, unless fewer recomputes are promised', () => {
  const queued = (claim: string | null) => claimFrom(parsePromises(claim)).recomputesAtOnce?.(workload);
  const herd = (1.3 * workload.ratePerSecond * workload.recomputeMs) / 1000;
  assert.equal(queued(null), herd);
  assert.equal(queued('recomputes<=2'), 2);
});
