import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  claimedQueueMs,
  longestQueueMs,
  missesPerRecompute,
  queueNeverEmpties,
} from '../../../strategies/contract/index.ts';
import { strategies, strategyNamed } from '../../../strategies/index.ts';
import { WORKLOAD } from '../../support/claims.ts';
import { type QueueModel, simulateQueue } from '../../support/origin-queue.ts';

/** What rounding leaves of an equality of times. */
const EXACT_MS = 1e-6;

const DEFAULTS: QueueModel = {
  ratePerSecond: 1000,
  ttlMs: 3000,
  recomputeMs: 200,
  originCapacity: 20,
  forMs: 15_000,
};

const oneExpiry = (model: Partial<QueueModel>) =>
  simulateQueue({ ...DEFAULTS, ttlMs: Number.POSITIVE_INFINITY, ...model });

const mostOf = (values: readonly number[]) => Math.max(0, ...values);

const anyOrigin = fc.record({
  ratePerSecond: fc.integer({ min: 10, max: 3000 }),
  recomputeMs: fc.integer({ min: 10, max: 1000 }),
  originCapacity: fc.integer({ min: 1, max: 60 }),
});

describe('the queue of one expiry without protection', () => {
  it('takes λδ recomputes, with a queue as without', () => {
    for (const originCapacity of [0, 1, 20, 200])
      assert.equal(oneExpiry({ originCapacity }).recomputes.length, 200, `capacity ${originCapacity}`);
  });

  it('keeps the last waiting for δ·(⌈λδ/c⌉ − 1) + c/λ, 1.8 s at the defaults', () => {
    const { recomputes } = oneExpiry({});
    const waits = recomputes.map(({ arrivedAt, endedAt }) => endedAt - arrivedAt);
    assert.ok(Math.abs(mostOf(waits) - (200 * 9 + 20)) < EXACT_MS, `${mostOf(waits)}`);
  });

  it('is never longer than the bound for as many at once, whatever the load and the capacity', () => {
    fc.assert(
      fc.property(anyOrigin, (origin) => {
        const { queuedMs } = oneExpiry({ ...origin, forMs: origin.recomputeMs });
        assert.ok(mostOf(queuedMs) <= longestQueueMs(queuedMs.length, origin) + EXACT_MS);
      }),
      { numRuns: 500 },
    );
  });

  it('is exactly as long as the bound where all arrive at once', () => {
    fc.assert(
      fc.property(anyOrigin, fc.integer({ min: 1, max: 500 }), (origin, recomputes) => {
        // Within a hundredth of a ms is at once.
        const ratePerSecond = recomputes * 1e5;
        const { queuedMs } = oneExpiry({ ...origin, ratePerSecond, forMs: 0.01 });
        assert.equal(queuedMs.length, recomputes);
        assert.ok(Math.abs(mostOf(queuedMs) - longestQueueMs(recomputes, origin)) <= 0.01 + EXACT_MS);
      }),
      { numRuns: 300 },
    );
  });

  it('is none where the origin has no limit, or nobody recomputes', () => {
    assert.equal(longestQueueMs(1000, { recomputeMs: 200, originCapacity: 0 }), 0);
    assert.equal(longestQueueMs(0, { recomputeMs: 200, originCapacity: 20 }), 0);
    assert.equal(longestQueueMs(20, { recomputeMs: 200, originCapacity: 20 }), 0);
    assert.equal(longestQueueMs(21, { recomputeMs: 200, originCapacity: 20 }), 200);
  });
});

describe('the queue over many expiries', () => {
  it('empties between two expiries where the TTL is no shorter than the recompute', () => {
    fc.assert(
      fc.property(anyOrigin, fc.integer({ min: 0, max: 2000 }), (origin, beyondMs) => {
        const model = { ...origin, ttlMs: origin.recomputeMs + beyondMs, forMs: 8 * origin.recomputeMs };
        assert.equal(queueNeverEmpties(model), false);
        const { queuedMs } = simulateQueue(model);
        const herd = Math.ceil((origin.ratePerSecond * origin.recomputeMs) / 1000);
        assert.ok(mostOf(queuedMs) <= longestQueueMs(herd, origin) + EXACT_MS);
      }),
      { numRuns: 300 },
    );
  });

  for (const [ratePerSecond, recomputeMs, originCapacity] of [
    [1000, 200, 20],
    [250, 200, 5],
    [100, 100, 1],
    [500, 400, 10],
  ] as const)
    it(`never empties exactly if λ(δ − TTL) > 2c − 1: ${ratePerSecond}/s, ${recomputeMs} ms, ${originCapacity}`, () => {
      const base = { ratePerSecond, recomputeMs, originCapacity, forMs: 200 * recomputeMs };
      const limitMs = recomputeMs - ((2 * originCapacity - 1) * 1000) / ratePerSecond;
      const apartMs = 1000 / ratePerSecond;
      const grows = { ...base, ttlMs: limitMs - apartMs };
      const empties = { ...base, ttlMs: limitMs + apartMs };
      assert.equal(queueNeverEmpties(grows), true);
      assert.equal(queueNeverEmpties(empties), false);
      assert.ok(growthOf(grows) > 50, `${growthOf(grows)}`);
      assert.ok(growthOf(empties) <= 0, `${growthOf(empties)}`);
    });

  it('grows by λ(δ − TTL) − (2c − 1) recomputes in each δ', () => {
    const model = { ...DEFAULTS, ttlMs: 100 };
    const perRecompute = missesPerRecompute(model) - (2 * model.originCapacity - 1);
    assert.equal(perRecompute, 61);
    const rounds = model.forMs / model.recomputeMs;
    const { lengths } = simulateQueue(model);
    const expected = (perRecompute * rounds) / 2;
    assert.ok(Math.abs(growthOf(model) - expected) < 0.05 * expected, `${growthOf(model)}, not ${expected}`);
    assert.ok(Math.min(...lengths.slice(lengths.length / 2)) > 0);
  });
});

/** By how much the queue is longer at the end than in the middle. */
function growthOf(model: QueueModel): number {
  const { lengths } = simulateQueue(model);
  return (lengths.at(-1) ?? 0) - (lengths[Math.floor(lengths.length / 2)] ?? 0);
}

describe('the claims', () => {
  it('have a queue where their recomputes at once are more than the capacity, and else none', () => {
    const queueOf = (name: string, workload: object) =>
      claimedQueueMs(strategyNamed(name)?.claim ?? assert.fail(name), { ...WORKLOAD, ...workload });
    // 260 at once, 20 at a time: twelve recomputes queue ahead of the last.
    assert.equal(queueOf('none', {}), 2400);
    assert.equal(queueOf('none', { originCapacity: 0 }), 0);
    assert.equal(queueOf('single-flight', {}), 0);
    assert.equal(queueOf('single-flight', { replicas: 64 }), 600);
    assert.equal(queueOf('xfetch', {}), 0);
    assert.equal(queueOf('xfetch', { replicas: 64 }), 600);
    assert.equal(queueOf('xfetch', { singleFlight: false }), 0);
    // However many β allows, they are not more than the requests.
    assert.equal(queueOf('xfetch', { singleFlight: false, beta: 0.1 }), 1800);
  });

  it('have none under a lease, however small the origin', () => {
    for (const { name, claim } of strategies.filter(({ claim }) => claim.fenced))
      assert.equal(claimedQueueMs(claim, { ...WORKLOAD, originCapacity: 1, replicas: 64 }), 0, name);
  });
});
