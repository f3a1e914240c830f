import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../services/shared/random.ts';
import type { Entry } from '../../../strategies/contract/index.ts';
import { expectedRecomputes, isDueEarly, leadMs } from '../../../strategies/shared/early-expiration.ts';
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
