import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Batch } from '../../../record/batch/batch.ts';
import { YOURS } from '../../../record/foreign/foreign.ts';
import { batchJunit, batchMarkdown } from '../../../report/ci/batch.ts';
import { batchReport } from '../../../report/html/batch-report.ts';
import {
  ablateBatch,
  ablationRow,
  comparedBatch,
  faultRow,
  faultsBatch,
  leaseRow,
  leasesBatch,
  runOf,
} from '../../support/batches.ts';
import { ATTACK, assertWhole, wordsOf } from '../../support/report-page.ts';

const STRATEGIES = ['none', 'lock', 'xfetch'];

const whole: Readonly<Record<string, Batch>> = {
  compare: comparedBatch(STRATEGIES),
  faults: faultsBatch([
    faultRow(runOf('a')),
    faultRow(runOf('b')),
    faultRow(runOf('c'), { point: null, expected: null }),
  ]),
  ablate: ablateBatch([ablationRow(runOf('without', 'fail', 'version 3 after 4'), runOf('full'))]),
  leases: leasesBatch([leaseRow('redis'), leaseRow('postgres unbound')]),
};
const failing: Readonly<Record<string, Batch>> = {
  compare: comparedBatch(STRATEGIES, (row) =>
    row.strategy === 'lock'
      ? { ...row, verdict: 'fail', runs: [runOf('lock-1', 'fail', 'the reason'), ...row.runs.slice(1)] }
      : row,
  ),
  faults: faultsBatch([faultRow(runOf('a')), faultRow(runOf('b', 'fail', 'the reason'))]),
  ablate: ablateBatch([ablationRow(runOf('without'), runOf('full', 'fail', 'the reason'))]),
  leases: leasesBatch([leaseRow('redis', 'accepted')]),
};

for (const [kind, batch] of Object.entries(whole))
  describe(`the report of make ${kind}`, () => {
    test('is whole, and says the verdict, what was done, and the command that repeats it', () => {
      const page = batchReport(batch);
      assertWhole(page);
      const words = wordsOf(page);
      assert.ok(page.includes('<div class="verdict pass">'));
      assert.ok(words.includes(`Repeat it ${batch.command} `), words);
    });

    test('has a failure first, with its reason, for people and for CI', () => {
      const bad = failing[kind] as Batch;
      const page = batchReport(bad);
      assertWhole(page);
      assert.ok(page.includes('<div class="verdict fail">'));
      const box = page.slice(page.indexOf('class="verdict'), page.indexOf('<table'));
      const reason =
        kind === 'leases'
          ? 'cut: the late write was accepted'
          : /ablate/.test(kind)
            ? 'no-fence'
            : 'the reason';
      assert.ok(box.includes(reason), box);
      assert.match(batchJunit(bad), /failures="1" errors="0"/);
      assert.match(batchMarkdown(bad), new RegExp(`^## ❌ make ${kind}: fail`));
      assert.ok(batchMarkdown(bad).includes(reason));
    });

    test('is unknown if it was ended early', () => {
      const short = { ...batch, planned: batch.planned + 2 };
      assert.match(wordsOf(batchReport(short)), /unknown .*complete: ended early/);
      const failedToo = batchReport({ ...(failing[kind] as Batch), planned: 20 });
      assert.match(wordsOf(failedToo), /fail .*The command was ended early: \d of 20/);
      assert.match(batchJunit(short), /<testcase [^>]*name="complete"><error type="unknown"/);
      assert.match(batchMarkdown(short), new RegExp(`^## ❔ make ${kind}: unknown`));
    });

    test('escapes text from a stranger', () => {
      const strange = JSON.parse(
        JSON.stringify(batch, (key, value) =>
          ['schema', 'kind', 'verdict', 'settings', 'point', 'lateWrite', 'run'].includes(key) ||
          typeof value !== 'string'
            ? value
            : ATTACK,
        ),
      );
      strange.settings = (batch as { settings?: unknown }).settings;
      const page = batchReport(strange);
      assertWhole(page);
      assert.ok(page.includes('&lt;script&gt;'));
      // The command is code, in which nothing is markup.
      const markdown = batchMarkdown(strange).replace(/^Repeat it: `[^`]*`$/m, '');
      for (const text of [batchJunit(strange), markdown]) assert.doesNotMatch(text, /<script|<img/);
    });
  });

test('each run is linked by a relative link to its own report', () => {
  for (const [kind, runs] of Object.entries({
    compare: STRATEGIES.flatMap((name) => [1, 2, 3].map((trial) => `${name}-${trial}`)),
    faults: ['a', 'b', 'c'],
    ablate: ['without', 'full'],
  })) {
    const links = [...batchReport(whole[kind] as Batch).matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
    assert.deepEqual(
      links,
      runs.map((run) => `../${run}/report.html`),
    );
  }
});

describe('make compare', () => {
  const costs: Readonly<Record<string, readonly [recomputes: number, staleMs: number]>> = {
    none: [207, 0],
    lock: [1, 0],
    'xfetch-lock': [1, 0],
    hybrid: [1, 0],
    xfetch: [2.2, 0],
    'try-lock': [1, 225],
  };
  const batch = comparedBatch(Object.keys(costs), (row) => {
    const [value, maxStalenessMs] = costs[row.strategy] ?? [0, 0];
    return {
      ...row,
      maxStalenessMs,
      recomputesPerExpiry: { value, interval: [value - 0.3, value + 0.3], max: 213 },
    };
  });
  const page = batchReport(batch);
  const pictures = [...page.matchAll(/<svg class="(?:wide|narrow)".*?<\/svg>/gs)].map(([picture]) => picture);

  test('shows every strategy in one picture, wide and narrow, in its place', () => {
    assertWhole(page);
    assert.equal(pictures.length, 4);
    for (const picture of pictures.slice(0, 2)) {
      for (const name of Object.keys(costs)) assert.match(picture, new RegExp(`>${name}( ·[^<]*)?<`), name);
      assert.match(picture, /aria-label="[^"]*none: 207 recomputes per expiry, never stale\./);
      assert.match(picture, /aria-label="[^"]*try-lock: 1 recompute per expiry, at most 225 ms stale\./);
    }
  });

  test('says in its first sentence what the cures did', () => {
    assert.match(wordsOf(page), /about 207 calls; with 4 of 5 cures it cost about one/);
  });

  test('sets XFetch beside its formula, and says on which conditions', () => {
    for (const picture of pictures.slice(2)) {
      assert.ok(picture.includes('>measured: 2.20<'), picture);
      assert.ok(picture.includes('>e^(1/β) = 2.72<'));
    }
    const { settings } = batch;
    const said = (singleFlight: boolean) =>
      wordsOf(batchReport({ ...batch, settings: { ...settings, singleFlight } }));
    assert.match(
      said(true),
      /without single-flight, for many requests per recompute \(λδ ≫ 1\).*Single-flight was on/,
    );
    assert.match(said(false), /Single-flight was off, so the mean should lie on the curve/);
    assert.doesNotMatch(wordsOf(batchReport(comparedBatch(['none', 'lock']))), /e\^\(1\/β\)/);
  });

  test('has a report though no expiry was judged, and then claims nothing of the cures', () => {
    const unjudged = batchReport(
      comparedBatch(['none', 'xfetch'], (row) => ({
        ...row,
        ...{ expiries: 0, verdict: 'unknown', acrossExpiryMs: { p50: null, p99: null } },
        recomputesPerExpiry: { value: 0, interval: null, max: 0 },
      })),
    );
    assertWhole(unjudged);
    const [, headline] = /<h1>(.*?)<\/h1>/.exec(unjudged) ?? [];
    assert.equal(
      headline,
      'The strategies ran under the same load; no expiry without a cure was judged to compare them with',
    );
  });
});

test('runs that were repeated are counted, each once', () => {
  const [again, full] = [
    { ...runOf('again', 'fail'), attempts: 3 },
    { ...runOf('full'), attempts: 2 },
  ];
  const batch = ablateBatch([ablationRow(again, full), ablationRow(runOf('without', 'fail'), full)]);
  for (const text of [wordsOf(batchReport(batch)), batchMarkdown(batch)])
    assert.match(text, /3 runs more showed nothing/);
  assert.match(wordsOf(batchReport(batch)), /without it \(fail, attempt 3\)/);
});

test('a thousand runs of one fault are one row, and its page is small', () => {
  const runs = Array.from({ length: 1000 }, (_, index) =>
    runOf(`run-${index}`, index === 700 ? 'fail' : 'pass'),
  );
  const page = batchReport(faultsBatch(runs.map((run) => faultRow(run))));
  assertWhole(page);
  assert.equal(page.match(/<th scope="row">/g)?.length, 1);
  assert.match(wordsOf(page), /999 of 1000 runs passed/);
  assert.ok(page.length < 30_000);
});

describe("make faults for a user's own service", () => {
  const ownRow = (run: string) =>
    faultRow({ ...runOf(run), strategy: YOURS }, { guard: null, point: null, expected: null });
  const said = (claim: string | null) => wordsOf(batchReport(faultsBatch([ownRow('a')], claim)));

  test('claims no survival that is not promised', () => {
    for (const claim of [null, 'recomputes<=1 monotonic']) {
      const words = said(claim);
      assert.match(words, /Your service was broken in 1 way; it promises to survive none of them/);
      assert.match(words, /A pass does not say that your service survived/);
      assert.doesNotMatch(words, /kept what it promises|as it should be|yours|lock/);
    }
  });

  test('says what is promised if it is', () => {
    const words = said('recomputes<=1 survives=kill-holder');
    assert.match(words, /Your service was broken in 1 way, and each time it kept what it promises/);
    assert.match(words, /judged by what your service promises \(recomputes&lt;=1 survives=kill-holder\)/);
    assert.doesNotMatch(words, /as it should be|yours|lock/);
  });
});
