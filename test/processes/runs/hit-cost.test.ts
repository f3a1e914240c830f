import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureHitCost } from '../../support/hit-cost/measure.ts';

/** About 1.13: three metrics cost 0.05, three more headers 0.04. With a promise and a signal it was 1.35. */
const MOST = 1.2;
/** Other work on the machine can spoil a measurement. It does not make an expensive hit cheap. */
const ATTEMPTS = 3;

test('a near-cache hit costs a replica no more than a fifth above a constant route with the same body', async (t) => {
  const ratios: number[] = [];
  while (ratios.length < ATTEMPTS && !ratios.some((ratio) => ratio <= MOST)) {
    const { hit, constant, ratio } = await measureHitCost();
    ratios.push(ratio);
    t.diagnostic(
      `hit ${hit.toFixed(1)} µs, constant route ${constant.toFixed(1)} µs, ratio ${ratio.toFixed(2)}`,
    );
  }
  assert.ok(Math.min(...ratios) <= MOST, `${ratios.map((ratio) => ratio.toFixed(2))}; at most ${MOST}`);
});
