import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../services/shared/random.ts';
import type { Entry } from '../../../strategies/contract/index.ts';
import {
  expectedRecomputes,
  isDueEarly,
  leadMs,
  medianLeadMs,
} from '../../../strategies/shared/early-expiration.ts';
import { unstoredEntry } from '../../../strategies/shared/store.ts';
import { made } from '../../support/leases.ts';

const RECOMPUTE_MS = 300;

const entryWith = (softTtlMs: number): Entry<string> => ({
  ...unstoredEntry(made(1)),
  recomputeMs: RECOMPUTE_MS,
  softTtlMs,
  hardTtlMs: softTtlMs,
});

for (const beta of [0.5, 1, 2])
  test(`with β = ${beta} a reader is early with the probability e^(−time left / βδ)`, () => {
    const random = seededRandom(1);
    const draws = 20_000;
    for (const softTtlMs of [1, 100, 300, 900]) {
      const due = Array.from({ length: draws }, () => isDueEarly(entryWith(softTtlMs), beta, random));
      const share = due.filter(Boolean).length / draws;
      const expected = Math.exp(-softTtlMs / (beta * RECOMPUTE_MS));
      const deviation = Math.sqrt((expected * (1 - expected)) / draws);
      assert.ok(
        Math.abs(share - expected) < 4 * deviation,
        `${softTtlMs} ms left: ${share}, not ${expected}`,
      );
    }
  });

test('the least draw is never early, the greatest has a bound: nothing is infinite', () => {
  assert.equal(
    isDueEarly(entryWith(1), 1, () => 0),
    false,
  );
  const greatest = () => 1 - Number.EPSILON / 2;
  assert.equal(isDueEarly(entryWith(36 * RECOMPUTE_MS), 1, greatest), true);
  assert.equal(isDueEarly(entryWith(38 * RECOMPUTE_MS), 1, greatest), false);
});

test('what costs nothing to recompute is never early', () => {
  const free = { ...entryWith(1), recomputeMs: 0 };
  assert.equal(
    isDueEarly(free, 1, () => 0.999),
    false,
  );
});

for (const [beta, known] of [
  [1, 2.72],
  [2, 1.65],
  [3, 1.4],
] as const)
  test(`β = ${beta} costs about ${known} recomputes an expiry, whatever the rate, and leads by βδ·ln(λβδ)`, () => {
    assert.ok(Math.abs(expectedRecomputes(beta) - known) < 0.01);
    for (const ratePerSecond of [100, 1000]) {
      const { recomputes, lead } = simulate({ beta, ratePerSecond, expiries: 300 });
      assert.ok(Math.abs(recomputes - known) < 0.3, `${recomputes} recomputes at ${ratePerSecond}/s`);
      const spread = beta * RECOMPUTE_MS;
      // The lead is Gumbel-distributed: its mode is leadMs, its mean γ·βδ more.
      const mean = leadMs({ beta, recomputeMs: RECOMPUTE_MS, ratePerSecond }) + 0.5772 * spread;
      assert.ok(Math.abs(lead - mean) < 0.25 * spread, `led by ${lead}, not ${mean} ms`);
    }
  });

test('a rate too low to lead leads by nothing', () => {
  assert.equal(leadMs({ beta: 1, recomputeMs: RECOMPUTE_MS, ratePerSecond: 1 }), 0);
});

/** Readers at a constant rate, without single-flight: how many recompute before the first of them has stored. */
function simulate({
  beta,
  ratePerSecond,
  expiries,
}: {
  beta: number;
  ratePerSecond: number;
  expiries: number;
}) {
  const random = seededRandom(ratePerSecond * beta);
  const everyMs = 1000 / ratePerSecond;
  // So long before the lead that hardly any draw is early.
  const ttlMs = leadMs({ beta, recomputeMs: RECOMPUTE_MS, ratePerSecond }) + 8 * beta * RECOMPUTE_MS;
  let [recomputes, lead] = [0, 0];
  for (let expiry = 0; expiry < expiries; expiry++) {
    let storedAt = Number.POSITIVE_INFINITY;
    for (let now = random() * everyMs; now < storedAt; now += everyMs) {
      if (now < ttlMs && !isDueEarly(entryWith(ttlMs - now), beta, random)) continue;
      recomputes += 1;
      if (storedAt < Number.POSITIVE_INFINITY) continue;
      storedAt = now + RECOMPUTE_MS;
      lead += ttlMs - now;
    }
  }
  return { recomputes: recomputes / expiries, lead: lead / expiries };
}

test('the median of a few leads is within its range, but for one run in 10⁵', () => {
  const random = seededRandom(7);
  const workload = { beta: 1, recomputeMs: RECOMPUTE_MS, ratePerSecond: 1000 };
  const typical = leadMs(workload);
  for (const leads of [1, 4, 10]) {
    const [least, most] = medianLeadMs(workload, leads);
    // The chance that half of the leads are beyond either end, by the law and the binomial distribution.
    const below = Math.exp(-Math.exp(-(least - typical) / RECOMPUTE_MS));
    const above = 1 - Math.exp(-Math.exp(-(most - typical) / RECOMPUTE_MS));
    const half = Math.ceil(leads / 2);
    for (const share of [below, above]) {
      const chance = tailOf(half, leads, share);
      assert.ok(Math.abs(chance - 0.5e-5) < 1e-8, `${leads} leads: ${chance}`);
    }
  }
  // That single leads follow the law: drawn by the strategy's own dice, a tenth is below the law's tenth.
  const ends = [0.1, 0.5, 0.9].map((share) => typical - RECOMPUTE_MS * Math.log(-Math.log(share)));
  const drawn = Array.from({ length: 2000 }, () => drawLead(random, 1000));
  for (const [index, share] of [0.1, 0.5, 0.9].entries()) {
    const seen = drawn.filter((lead) => lead <= (ends[index] as number)).length / drawn.length;
    assert.ok(
      Math.abs(seen - share) < 4 * Math.sqrt((share * (1 - share)) / drawn.length),
      `${seen}, not ${share}`,
    );
  }
});

/** The lead of one version: the first reader that is early, of those who come at a constant rate. */
function drawLead(random: () => number, ratePerSecond: number): number {
  let left = leadMs({ beta: 1, recomputeMs: RECOMPUTE_MS, ratePerSecond }) + 8 * RECOMPUTE_MS;
  while (left > 0 && !isDueEarly(entryWith(left), 1, random)) left -= 1000 / ratePerSecond;
  return left;
}

/** The probability that at least k of n happen, each with probability p. */
function tailOf(k: number, n: number, p: number): number {
  const choose = (of: number, take: number): number =>
    take === 0 ? 1 : (choose(of - 1, take - 1) * of) / take;
  return Array.from({ length: n - k + 1 }, (_, index) => k + index).reduce(
    (sum, count) => sum + choose(n, count) * p ** count * (1 - p) ** (n - count),
    0,
  );
}
