import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultNamed } from '../../../faults/index.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { Begun } from '../../../record/ledger.ts';
import type { Settings } from '../../../record/settings.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { type RecordedRun, recordedRun } from '../../support/recorded-run.ts';

/** A real run: 120 requests a second, λδ = 24, TTL 1 s, recompute 200 ms, lease 1 s. */
const good = await recordedRun('lock-run');
const { warmWallMs } = evidenceFrom(good);

/** The run as if it had been one of this strategy under these settings. */
function runOf(strategy: string, settings: Partial<Settings>): RecordedRun {
  const claim = strategyNamed(strategy)?.claim ?? assert.fail(strategy);
  return {
    ...good,
    claim,
    facts: { ...good.facts, settings: { ...good.facts.settings, ...settings, strategy } },
  };
}

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check) ?? assert.fail(check);

/** The times at which every third request of the warm run fell due. */
const due = good.arrivals.flatMap(({ dueAt }, index) =>
  dueAt >= warmWallMs && index % 3 === 0 ? [dueAt] : [],
);

/** The run with every third of its requests unsent, once it is warm. */
const unsent = (recording: RecordedRun): RecordedRun => ({
  ...recording,
  arrivals: recording.arrivals.map((arrival) =>
    due.includes(arrival.dueAt) ? { dueAt: arrival.dueAt, ending: 'unsent' } : arrival,
  ),
});

/** A question that reached the origin at the one moment, and that a worker took at the other. */
const question = (id: number, arrivedAt: number, at: number): Begun => ({
  event: 'begin',
  id,
  key: 'other',
  version: id,
  by: 'app-1',
  arrivedAt,
  at,
});

const during = (recording: RecordedRun, ...questions: readonly Begun[]): RecordedRun => ({
  ...recording,
  ledger: [...recording.ledger, ...questions],
});

const [first = 0, last = 0] = [due[0], due.at(-1)];
const middle = (first + last) / 2;

describe('requests that were unsent', () => {
  it('are the strategy’s failure while questions queue at the origin, and the injector is healthy', () => {
    const queue = [question(901, first - 10, middle + 1), question(902, middle - 1, last + 10)];
    const run = during(unsent(good), ...queue);
    assert.equal(found(run, 'injector health').verdict, 'pass');
    const { verdict, detail } = found(run, 'every request accounted for');
    assert.equal(verdict, 'fail');
    assert.match(
      detail,
      new RegExp(`0 failed, ${due.length} unsent while the origin's queue held all connections$`),
    );
  });

  it('are nobody’s failure where the load came in bursts', () => {
    const facts = { ...good.facts, herd: { ...good.facts.herd, eventLoopDelayMs: { p99: 80, max: 300 } } };
    const run = { ...during(unsent(good), question(901, first - 10, last + 10)), facts };
    const { verdict, detail } = found(run, 'every request accounted for');
    assert.equal(verdict, 'unknown');
    assert.match(detail, /held all connections, at an uneven load$/);
    assert.equal(found(run, 'injector health').verdict, 'unknown');
  });

  it('make the run unknown while nothing queues there', () => {
    const served = due.map((dueAt, index) => question(900 + index, dueAt - 1, dueAt + 1));
    for (const run of [unsent(good), during(unsent(good), ...served)]) {
      assert.equal(found(run, 'injector health').verdict, 'unknown');
      assert.equal(found(run, 'every request accounted for').verdict, 'pass');
    }
  });

  it('make it unknown for those that fell due when the queue was over', () => {
    const run = during(unsent(good), question(901, first - 10, middle));
    assert.equal(found(run, 'injector health').verdict, 'unknown');
    assert.equal(found(run, 'every request accounted for').verdict, 'fail');
  });
});

describe('the bound on waits', () => {
  const waited = (recording: RecordedRun, forMs: number) => {
    const index = recording.arrivals.findIndex(({ dueAt }) => dueAt >= warmWallMs);
    const arrivals = recording.arrivals.map((arrival, at) =>
      at === index ? { ...arrival, endedAt: arrival.dueAt + forMs } : arrival,
    );
    return found({ ...recording, arrivals }, 'bounded waits');
  };

  it('has room for the queue that the claim allows, and says how much', () => {
    // At most 32 at once, two at a time: 15 recomputes queue ahead of the last.
    const none = runOf('none', { originCapacity: 2 });
    assert.deepEqual(waited(none, 4890), {
      name: 'bounded waits',
      verdict: 'pass',
      detail: "longest 4890 ms; bound 4900 ms, 3000 ms of it for the origin's queue",
    });
    assert.equal(waited(none, 4910).verdict, 'fail');
  });

  it('has more room where a recompute may take longer', () => {
    const none = runOf('none', { originCapacity: 2, recomputeJitter: 0.5 });
    assert.match(waited(none, 4890).detail, /bound 6600 ms, 4500 ms of it/);
  });

  it('has none where the claim is one recompute at a time, or the origin has no limit', () => {
    for (const run of [runOf('lock', { originCapacity: 1 }), runOf('none', { originCapacity: 0 })]) {
      assert.equal(waited(run, 1890).detail, 'longest 1890 ms; bound 1900 ms');
      assert.equal(waited(run, 1910).verdict, 'fail');
    }
  });
});

describe('a queue that grows without end', () => {
  const failed = ({ arrivals, ...run }: RecordedRun) =>
    found(
      { ...run, arrivals: arrivals.map((one, at) => (at === 200 ? { ...one, ending: 'timeout' } : one)) },
      'every request accounted for',
    );

  it('is named beside the requests that failed, with its formula', () => {
    const { verdict, detail } = failed(runOf('none', { ttlMs: 100, originCapacity: 1 }));
    assert.equal(verdict, 'fail');
    assert.match(detail, /1 failed; more join its queue than leave it: λ\(δ − TTL\) = 12, over 2·1 − 1$/);
  });

  it('is not blamed where it empties, where one recompute runs at a time, or where nothing failed', () => {
    for (const run of [
      runOf('none', { ttlMs: 100, originCapacity: 7 }),
      runOf('none', { originCapacity: 1 }),
      runOf('lock', { ttlMs: 100, originCapacity: 1 }),
    ])
      assert.match(failed(run).detail, /1 failed$/);
    const whole = found(runOf('none', { ttlMs: 100, originCapacity: 1 }), 'every request accounted for');
    assert.match(whole.detail, /0 failed$/);
  });
});

describe('a fault that sends more to the origin at once than it runs', () => {
  const extraWaitMs = (fault: string, strategy: string, settings: Partial<Settings>) => {
    const { claim, facts } = runOf(strategy, settings);
    return faultNamed(fault)?.tolerance(facts.settings, claim).extraWaitMs ?? 0;
  };
  const crowd = { replicas: 45, originCapacity: 20 };

  it('allows the queue of one recompute per replica while Redis is gone', () => {
    assert.equal(extraWaitMs('redis-down', 'lock', crowd), 2000 + 2 * 200);
    assert.equal(extraWaitMs('redis-stall', 'lock', { ...crowd, originCapacity: 0 }), 2000);
    assert.equal(extraWaitMs('partition', 'lock', { ...crowd, replicas: 4 }), 2000);
  });

  it('allows what the queue grows by with the fleet, and nothing where the claim does not grow', () => {
    assert.equal(extraWaitMs('scale-out', 'single-flight', { replicas: 20, originCapacity: 20 }), 200);
    assert.equal(extraWaitMs('scale-out', 'single-flight', { replicas: 4, originCapacity: 20 }), 0);
    assert.equal(extraWaitMs('scale-out', 'lock', { replicas: 20, originCapacity: 20 }), 0);
  });
});
