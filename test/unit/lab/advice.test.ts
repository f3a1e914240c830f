import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { adviceOn, lateChance, type Question } from '../../../lab/advice/advice.ts';
import { adviceText, herdWords } from '../../../lab/advice/advice-text.ts';
import { PARAMETERS } from '../../../lab/parameters/parameters.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { seededRandom } from '../../../services/shared/random.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import { strategies, strategyNamed } from '../../../strategies/index.ts';
import { isDueEarly, leadMs } from '../../../strategies/shared/early-expiration.ts';

/** As it is asked on the command line. */
function questionFrom(...typed: string[]): Question {
  const values = valuesFrom('advise', typed, {});
  return {
    workload: settingsFrom({ ...values, STRATEGY: 'lock', GRACE: values.STALE_OK }),
    staleOkMs: values.STALE_OK,
  };
}

const anyQuestion = fc
  .record({
    TTL: fc.oneof(fc.integer({ min: 100, max: 10_000 }), fc.integer({ min: 100, max: 3_600_000 })),
    RECOMPUTE: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 60_000 })),
    STALE_OK: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 0, max: 3_600_000 }),
    ),
    LEASE: fc.oneof(fc.constant(1000), fc.integer({ min: 100, max: 600_000 })),
  })
  .chain((durations) =>
    fc.record({
      durations: fc.constant(Object.entries(durations).map(([name, ms]) => `${name}=${ms}ms`)),
      RATE: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5000 })),
      REPLICAS: fc.integer({ min: 1, max: 4 }),
      BETA: fc.constantFrom('0.5', '1', '2'),
      ORIGIN_CAPACITY: fc.integer({ min: 0, max: 60 }),
    }),
  )
  .map(({ durations, ...others }) =>
    questionFrom(...durations, ...Object.entries(others).map(([name, value]) => `${name}=${value}`)),
  );

describe('whatever the numbers', () => {
  it('what is recommended serves nothing staler than STALE_OK, healthy or not, and fits the TTL', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { recommended, leaseMs, options } = adviceOn(question);
        const own = { ...question.workload, leaseMs };
        const claim = strategyNamed(recommended)?.claim;
        assert.ok(claim);
        assert.equal(options.find(({ name }) => name === recommended)?.misfit, undefined);
        assert.ok(claim.maxStaleMs(own) <= question.staleOkMs);
        if (claim.early) assert.ok(2 * leadMs(own) <= own.ttlMs);
      }),
      { numRuns: 2000 },
    );
  });

  it('the command named is taken by the lab as it stands, and asks for the same', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const advice = adviceOn(question);
        const settings = settingsFrom(valuesFrom('herd', herdWords(question, advice), {}));
        const { workload, staleOkMs } = question;
        assert.equal(settings.strategy, advice.recommended);
        for (const same of ['recomputeMs', 'replicas', 'ratePerSecond', 'beta', 'originCapacity'] as const)
          assert.equal(settings[same], workload[same]);
        assert.ok(settings.ttlMs === workload.ttlMs || settings.ttlMs >= 60_000);
        if (!strategyNamed(advice.recommended)?.claim.fenced) return;
        assert.equal(settings.leaseMs, advice.leaseMs);
        assert.equal(settings.graceMs, staleOkMs);
      }),
      { numRuns: 2000 },
    );
  });

  it('what the text names is that command, in lines of at most 80 columns', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const advice = adviceOn(question);
        const text = adviceText(question, advice);
        for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
        const typed = `${text}\n`.replace(/ \\\n */g, ' ');
        assert.ok(typed.includes(`\n  make herd ${herdWords(question, advice).join(' ')}\n`), text);
      }),
    );
  });

  it('a strategy fits where the lab takes it with a GRACE of STALE_OK, but for a rate too low', () => {
    fc.assert(
      fc.property(anyQuestion, fc.constantFrom(...strategies), (question, { name }) => {
        const { options, leaseMs } = adviceOn(question);
        const misfit = options.find((option) => option.name === name)?.misfit;
        const { ttlMs, recomputeMs, ratePerSecond, beta } = question.workload;
        const run = () =>
          settingsFrom(
            valuesFrom(
              'herd',
              [
                `STRATEGY=${name}`,
                `TTL=${ttlMs}ms`,
                `RECOMPUTE=${recomputeMs}ms`,
                `RATE=${ratePerSecond}`,
                `BETA=${beta}`,
                `LEASE=${leaseMs}ms`,
                `GRACE=${question.staleOkMs}ms`,
              ],
              {},
            ),
          );
        if (misfit === undefined || misfit === 'RATE' || misfit === 'queue') run();
        else assert.throws(run, UsageError);
      }),
      { numRuns: 2000 },
    );
  });

  it('a lease is never longer than asked for, and shorter only so that stale values may be served', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { leaseMs, options } = adviceOn(question);
        assert.ok(leaseMs <= question.workload.leaseMs);
        if (leaseMs === question.workload.leaseMs) return;
        assert.ok(leaseMs >= 500);
        for (const { name, misfit } of options)
          assert.ok(misfit !== 'stale' || strategyNamed(name)?.refresher, name);
      }),
      { numRuns: 2000 },
    );
  });
});

for (const [typed, recommended] of [
  [[], 'hybrid'],
  [['STALE_OK=0s'], 'xfetch-lock'],
  [['TTL=1500ms'], 'stale-while-revalidate'],
  [['TTL=1500ms', 'STALE_OK=0s'], 'lock'],
  [['TTL=1500ms', 'STALE_OK=0s', 'REPLICAS=1'], 'single-flight'],
  [['RATE=20', 'STALE_OK=0s'], 'lock'],
  [['RATE=5'], 'single-flight'],
] as const)
  test(`${typed.join(' ') || 'the presets'}: ${recommended}`, () =>
    assert.equal(adviceOn(questionFrom(...typed)).recommended, recommended));

test('the claims are shown as they are: λδ and a third around it, the replica cap, one, e^(1/β)', () => {
  const question = questionFrom('RATE=500', 'REPLICAS=3', 'BETA=2');
  const { herd, options } = adviceOn(question);
  assert.equal(herd, 100);
  const recomputes = (name: string) => options.find((option) => option.name === name)?.recomputes;
  assert.deepEqual(recomputes('none'), { least: 70, most: 130 });
  assert.deepEqual(recomputes('single-flight'), { least: 1, most: 3 });
  assert.deepEqual(recomputes('lock'), { least: 1, most: 1 });
  assert.deepEqual(recomputes('xfetch'), { least: 1, most: Math.exp(1 / 2) });
});

for (const rate of [10, 20, 40])
  test(`at ${rate} requests a second the chance that nobody is early in time is what draws show`, () => {
    const workload = { ...questionFrom(`RATE=${rate}`).workload, ttlMs: 5000 };
    const random = seededRandom(rate);
    const expiries = 3000;
    let late = 0;
    for (let expiry = 0; expiry < expiries; expiry++) if (!someoneInTime(workload, random)) late += 1;
    const expected = lateChance(workload);
    const deviation = Math.sqrt((expected * (1 - expected)) / expiries);
    assert.ok(
      Math.abs(late / expiries - expected) < 4 * deviation + 0.02,
      `${late / expiries}, not ${expected}`,
    );
  });

/** Whether a reader, arriving by chance at the rate, begins a recompute that ends before the expiry. */
function someoneInTime(
  { ttlMs, recomputeMs, ratePerSecond, beta }: Question['workload'],
  random: () => number,
): boolean {
  const gap = () => (-Math.log(1 - random()) * 1000) / ratePerSecond;
  for (let now = gap(); now <= ttlMs - recomputeMs; now += gap()) {
    const entry = {
      value: '',
      version: 1,
      computedWallMs: 0,
      fence: 1,
      recomputeMs,
      softTtlMs: ttlMs - now,
      hardTtlMs: ttlMs - now,
    };
    if (isDueEarly(entry, beta, random)) return true;
  }
  return false;
}

test('a recompute that no replica would wait for is said to fail', () => {
  const question = questionFrom('TTL=10m', 'RECOMPUTE=10s');
  assert.match(adviceText(question, adviceOn(question)), /ORIGIN_TIMEOUT_MS/);
});

test('a long TTL is measured by a shorter one, and that is said', () => {
  const question = questionFrom('TTL=60m');
  assert.match(adviceText(question, adviceOn(question)), /TTL=1m stands for 60m/);
  assert.ok(PARAMETERS.STALE_OK);
});

test('says first that nothing of this is needed, where there is no herd or the origin bears it', () => {
  const firstLines = (...typed: string[]) => {
    const question = questionFrom(...typed);
    return adviceText(question, adviceOn(question)).split('\n').slice(1, 6).join(' ');
  };
  assert.match(firstLines('RATE=2', 'RECOMPUTE=200ms'), /need none of this: hardly two requests/);
  // By its claim a stampede may be 30 % more than the 200 of λδ.
  assert.match(
    firstLines('ORIGIN_CAPACITY=260'),
    /need none of this: your origin runs 260 .* about 200 \(λδ\)/,
  );
  assert.match(firstLines('ORIGIN_CAPACITY=0'), /need none of this: your origin runs any number of /);
  assert.doesNotMatch(firstLines('ORIGIN_CAPACITY=259'), /need none/);
  assert.doesNotMatch(firstLines(), /need none/);
});

describe('a queue at the origin', () => {
  const adviceFor = (...typed: string[]) => {
    const question = questionFrom(...typed);
    const advice = adviceOn(question);
    return { ...advice, text: adviceText(question, advice).replaceAll(/\n +/g, ' ') };
  };
  const misfits = (...typed: string[]) =>
    adviceFor(...typed).options.flatMap(({ name, misfit }) => (misfit === 'queue' ? [name] : []));

  it('is told of each strategy that sends more at once than the origin runs, and of no other', () => {
    assert.deepEqual(misfits(), ['none']);
    assert.deepEqual(misfits('ORIGIN_CAPACITY=3'), ['none', 'single-flight', 'xfetch']);
    assert.deepEqual(misfits('ORIGIN_CAPACITY=0'), []);
    assert.deepEqual(misfits('ORIGIN_CAPACITY=1', 'RATE=5'), []);
  });

  it('is part of the wait, and of the time that a stampede keeps the origin busy', () => {
    const { options, text } = adviceFor();
    const waits = Object.fromEntries(options.map(({ name, waitMs }) => [name, waitMs]));
    // 260 by the claim, 20 at a time.
    assert.equal(waits.none, 13 * 200);
    assert.equal(waits.lock, 200);
    assert.match(
      text,
      /runs 20 recomputes at once \(ORIGIN_CAPACITY\): a stampede of λδ keeps it busy for 2s/,
    );
  });

  it('never empties where more miss in each recompute than the origin serves, and that is said', () => {
    assert.match(
      adviceFor('TTL=100ms').text,
      /never empties: λ\(δ − TTL\) = 100 is more than 2·ORIGIN_CAPACITY − 1/,
    );
    assert.doesNotMatch(adviceFor('TTL=100ms', 'ORIGIN_CAPACITY=51').text, /never empties/);
    assert.doesNotMatch(adviceFor().text, /never empties/);
  });
});
