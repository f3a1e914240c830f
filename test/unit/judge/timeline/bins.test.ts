import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bins } from '../../../../judge/timeline/bins.ts';
import { LATENCY_EDGES_MS, LatenciesByOutcome } from '../../../../judge/timeline/latencies.ts';
import { mostAtOnce } from '../../../../judge/timeline/levels.ts';

const moments = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 200 });

test('bins that get wider lose nothing, and each moment stays in its bin', () => {
  fc.assert(
    fc.property(moments, (atMs) => {
      const bins = new Bins<'n', 'most'>(0, 16);
      for (const at of atMs) {
        bins.add('n', at);
        bins.raise('most', at, at);
      }
      const { widthMs } = bins;
      const expected = Array.from({ length: bins.length }, (_, bin) =>
        atMs.filter((at) => Math.floor(at / widthMs) === bin),
      );
      assert.ok(bins.length <= 16);
      assert.deepEqual(
        bins.sums('n'),
        expected.map((inBin) => inBin.length),
      );
      assert.deepEqual(
        bins.peaks('most'),
        expected.map((inBin) => Math.max(0, ...inBin)),
      );
    }),
  );
});

test('a bin knows how many lasted at once, at its fullest moment', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 200 }), fc.nat(80))), (pairs) => {
      const lasting = pairs.map(([from, forMs]) => ({ from: from + 0.25, until: from + forMs + 0.75 }));
      const counted = mostAtOnce(lasting, { fromMs: 0, widthMs: 10, length: 20 });
      const brute = Array.from({ length: 20 }, (_, bin) =>
        Math.max(
          ...Array.from({ length: 20 }, (_, half) => {
            const at = bin * 10 + half / 2;
            return lasting.filter(({ from, until }) => from <= at && at < until).length;
          }),
        ),
      );
      assert.deepEqual(counted, brute);
    }),
  );
});

test('what has not ended lasts on', () => {
  assert.deepEqual(mostAtOnce([{ from: 5 }], { fromMs: 0, widthMs: 10, length: 3 }), [1, 1, 1]);
});

test('latencies fall into the parts of a logarithmic scale, the shortest and longest too', () => {
  const latencies = new LatenciesByOutcome();
  for (const ms of [0, 0.01, 5, 5, 200, 1e9]) latencies.record('hit', ms);
  latencies.record('waited', 3);
  const [hit, waited] = latencies.all();
  assert.deepEqual([hit?.outcome, waited?.outcome], ['hit', 'waited']);
  assert.equal(hit?.counts.length, LATENCY_EDGES_MS.length - 1);
  assert.equal(hit?.counts[0], 2);
  assert.equal(hit?.counts.at(-1), 1);
  const part = LATENCY_EDGES_MS.findIndex((edge) => edge > 5) - 1;
  assert.equal(hit?.counts[part], 2);
  assert.equal(
    hit?.counts.reduce((a, b) => a + b, 0),
    6,
  );
});
